package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.vmcp.platform.rpc.call.Exchange;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A call that is over leaves nothing in memory, not even until a time-out of it would have come.
final class EndedCallsTest {
    private static final int CALLS = 60;
    private static final int REFUSED = 500;
    private static final int UNDER_WAY = 10;
    private static final String[] TIMEOUTS = {"connect-timeout-ms", "60000", "grpc-timeout", "60S"};

    @ParameterizedTest
    @CsvSource({
        "Say, application/proto, false",
        "Say, application/grpc, true",
        "Say, application/grpc-web+proto, true",
        "Flood, application/connect+proto, true",
        "Flood, application/grpc, true",
        "Both, application/grpc, true"
    })
    void nothingOfACallStaysOnceItIsOver(String method, String type, boolean enveloped)
            throws Exception {
        var one = StringValue.of("1");
        var body = enveloped ? Wire.envelopes(one) : one.toByteArray();
        try (var rig = new Rig()) {
            for (int i = 0; i < CALLS; i++) {
                var answer = Calls.h2(rig, "/test.Echo/" + method, type, body, TIMEOUTS);
                assertThat(answer.status().code()).isEqualTo(200);
            }

            assertThat(Rig.soon(() -> rig.ended.size() == CALLS)).isTrue();
            assertThat(Rig.soon(() -> alive(Exchange.class) < UNDER_WAY))
                    .as("calls in memory: %d of %d", alive(Exchange.class), CALLS)
                    .isTrue();
        }
    }

    /// The wire is read on another thread than the one that starts the handler.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallThatIsRefusedBeforeItsHandlerBeginsIsNotOpen(boolean onEventLoop) throws Exception {
        var noEnvelope = new byte[] {7, 0, 0, 0, 0};
        try (var rig = new Rig(b -> onEventLoop ? b.onEventLoop(EchoService.SAY) : b)) {
            for (int i = 0; i < REFUSED; i++) {
                var answer =
                        Calls.h2(rig, "/test.Echo/Say", "application/grpc", noEnvelope, TIMEOUTS);
                assertThat(answer.trailers().get("grpc-status")).isEqualTo("3");
            }

            assertThat(Rig.soon(() -> rig.server.openCalls() == 0))
                    .as("open calls: %d of %d", rig.server.openCalls(), REFUSED)
                    .isTrue();
        }
    }

    /// Instances that can be reached, after a collection.
    private static int alive(Class<?> type) {
        return Arrays.stream(histogram().split("\n"))
                .map(line -> line.trim().split("\\s+"))
                .filter(row -> row.length > 3 && row[3].equals(type.getName()))
                .mapToInt(row -> Integer.parseInt(row[1]))
                .sum();
    }

    private static String histogram() {
        MBeanServer jvm = ManagementFactory.getPlatformMBeanServer();
        try {
            return (String)
                    jvm.invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}
