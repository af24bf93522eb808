package dev.vmcp.platform.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogLinesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @AfterEach
    void forget() {
        Logs.show(TraceIds.NONE);
    }

    @Test
    void anEventIsOneJsonObjectWithItsKeyValuesBesideTheMessage() throws Exception {
        logger(new JsonLines())
                .atInfo()
                .addKeyValue("vm", "web-1")
                .addKeyValue("revision", 42L)
                .addKeyValue("ratio", 0.5)
                .addKeyValue("clean", true)
                .addKeyValue("cause", (Object) null)
                .log("vm moved");

        var line = onlyLine();
        assertThat(Instant.parse(line.get("time").textValue())).isBefore(Instant.now());
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("logger").textValue()).isEqualTo("dev.vmcp.Test");
        assertThat(line.get("message").textValue()).isEqualTo("vm moved");
        assertThat(line.get("vm").textValue()).isEqualTo("web-1");
        assertThat(line.get("revision").longValue()).isEqualTo(42);
        assertThat(line.get("ratio").doubleValue()).isEqualTo(0.5);
        assertThat(line.get("clean").booleanValue()).isTrue();
        assertThat(line.get("cause").isNull()).isTrue();
    }

    @Test
    void aFailureIsAnErrorAndAStack() throws Exception {
        logger(new JsonLines())
                .atError()
                .setCause(new IllegalStateException("spoilt\n", new IllegalArgumentException("x")))
                .log("step failed");

        var line = onlyLine();
        assertThat(line.get("error").textValue())
                .isEqualTo("java.lang.IllegalStateException: spoilt\n");
        assertThat(line.get("stack").textValue()).contains("LogLinesTest", "Caused by");
    }

    @Test
    void keysThatAreTakenAreKeptApart() throws Exception {
        logger(new JsonLines())
                .atInfo()
                .addKeyValue("level", "mine")
                .addKeyValue("vm", "a")
                .addKeyValue("vm", "b")
                .log("x");

        var line = onlyLine();
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("level_").textValue()).isEqualTo("mine");
        assertThat(line.get("vm").textValue()).isEqualTo("a");
        assertThat(line.get("vm_").textValue()).isEqualTo("b");
    }

    @Test
    void numbersThatJsonLacksAreStrings() throws Exception {
        logger(new JsonLines())
                .atInfo()
                .addKeyValue("a", Double.NaN)
                .addKeyValue("b", Float.POSITIVE_INFINITY)
                .log("x");

        assertThat(onlyLine().get("a").textValue()).isEqualTo("NaN");
        assertThat(onlyLine().get("b").textValue()).isEqualTo("Infinity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\n{\"level\":\"ERROR\",\"message\":\"forged\"}",
                "a\r\nb",
                "\",\"admin\":true,\"x\":\"",
                "\\",
                "\u0000\u0007\u001b[31mred\u009b31m",
                "\u2028\u2029\u202e",
                "\ud800 alone",
                "alone \udc00",
                "fine 💾 é",
            })
    void noTextForgesALineOrAKey(String hostile) throws Exception {
        logger(new JsonLines()).atInfo().addKeyValue("vm", hostile).log("x");

        var line = onlyLine();
        assertThat(line.get("vm").textValue()).isEqualTo(hostile);
        assertThat(line.propertyStream().map(Map.Entry::getKey))
                .containsExactly("time", "level", "logger", "message", "vm");
        assertThat(text().strip().chars()).noneMatch(Character::isISOControl);
    }

    @Test
    void aLineSaysWhatItsThreadWorksFor() throws Exception {
        Logs.show(to -> to.accept("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
        logger(new JsonLines()).atInfo().addKeyValue("vm", "a").log("x");
        assertThat(onlyLine().get("trace_id").textValue())
                .isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(onlyLine().get("span_id").textValue()).isEqualTo("b7ad6b7169203331");

        output.reset();
        logger(new JsonLines()).atInfo().addKeyValue("trace_id", "a caller's").log("x");
        assertThat(onlyLine().get("trace_id").textValue()).isEqualTo("a caller's");
        assertThat(onlyLine().has("trace_id_")).isFalse();

        output.reset();
        logger(new TextLines(false)).info("x");
        assertThat(text())
                .endsWith("x trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331\n");
    }

    @Test
    void aFloodIsCut() throws Exception {
        logger(new JsonLines()).atInfo().addKeyValue("vm", "x".repeat(1 << 20)).log("x");

        assertThat(onlyLine().get("vm").textValue()).hasSize(SafeText.LONGEST + 1).endsWith("…");
    }

    @Test
    void aPersonReadsOneLineWithTheKeyValuesAtItsEnd() {
        logger(new TextLines(false))
                .atWarn()
                .addKeyValue("vm", "web-1")
                .addKeyValue("why", "it said \"no\"\n")
                .log("boot refused");

        assertThat(text())
                .matches(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Test  boot refused vm=web-1"
                                + " why=\"it said \\\\\"no\\\\\"\\\\n\"\n");
    }

    @Test
    void coloursAppearOnlyWhenAskedFor() {
        logger(new TextLines(false)).info("plain");
        assertThat(text()).doesNotContain("\u001b");

        logger(new TextLines(true)).info("painted");
        assertThat(text()).contains("\u001b[");
    }

    @Test
    void inTextNothingButOurOwnLinesBeginsALine() {
        logger(new TextLines(false))
                .atInfo()
                .setCause(new IllegalStateException("a\n12:00:00.000 INFO  forged"))
                .log("m\n12:00:00.000 INFO  forged");

        var lines = text().lines().toList();
        assertThat(lines.getFirst()).contains("m\\n12:00:00.000");
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("    "));
    }

    private org.slf4j.Logger logger(Encoder<ILoggingEvent> encoder) {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        encoder.setContext(context);
        encoder.start();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(output);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        return context.getLogger("dev.vmcp.Test");
    }

    private String text() {
        return output.toString(UTF_8);
    }

    private JsonNode onlyLine() throws JsonProcessingException {
        assertThat(text()).endsWith("}\n");
        assertThat(text().lines()).hasSize(1);
        return MAPPER.readTree(text());
    }
}
