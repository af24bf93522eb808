package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.host.v1.WriteConsoleResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConsoleTest {
    private AnsweringHost host;

    @BeforeEach
    void start() throws IOException {
        host = new AnsweringHost();
        host.stream("ReadConsole", List.of(printed("one\ntwo\n", 0), printed("thr\033[1mee", 5)));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void withoutFollowingWhatIsKeptIsPrintedAsItIs() {
        assertThat(Shell.at(host.url()).run("vm", "console", "a", "--no-follow"))
                .isEqualTo(new Shell.Ran(0, "one\ntwo\nthr\033[1mee", ""));
    }

    @Test
    void aTailIsOfLines() {
        assertThat(Shell.at(host.url()).run("vm", "console", "a", "--tail", "2").out())
                .isEqualTo("two\nthr\033[1mee");
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "1, c\\n", "2, b\\nc\\n", "3, a\\nb\\nc\\n", "9, a\\nb\\nc\\n"})
    void theLastLinesBeginAfterALineFeed(int lines, String expected) {
        var bytes = "a\nb\nc\n".getBytes(StandardCharsets.US_ASCII);
        var start = ReadConsole.startOfLast(lines, bytes);

        assertThat(new String(bytes, start, bytes.length - start, StandardCharsets.US_ASCII))
                .isEqualTo(expected.replace("\\n", "\n"));
    }

    @Test
    void whatIsPipedInIsSentInWholeThoughTheGuestTakesItInParts() throws Exception {
        var sent = new AtomicReference<>("");
        var all = new CountDownLatch(1);
        host.onHost(
                "WriteConsole",
                bytes -> {
                    var data = WriteConsoleRequest.parseFrom(bytes).getData();
                    var taken = Math.min(3, data.size());
                    if (sent.updateAndGet(s -> s + data.substring(0, taken).toStringUtf8())
                            .equals("echo hi\n")) {
                        all.countDown();
                    }
                    return WriteConsoleResponse.newBuilder().setWritten(taken).build();
                });

        var ran = Shell.at(host.url()).typing("echo hi\n").run("vm", "console", "a");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEqualTo("[5 bytes are lost]\r\n");
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static ReadConsoleResponse printed(String text, long gap) {
        return ReadConsoleResponse.newBuilder()
                .setData(ByteString.copyFromUtf8(text))
                .setGapBytes(gap)
                .build();
    }
}
