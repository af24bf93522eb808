package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.ServerStream;
import dev.vmcp.verify.harness.HostProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits that a host was told.
final class LimitsTest {

    @TempDir Path directory;

    private static ServerStream<WatchVmsResponse> watch(HostClient client) {
        return client.watchVms(WatchVmsRequest.newBuilder().build());
    }

    @Test
    void oneWatchMoreThanThereMayBeIsRefusedAndHealthAnswers() throws Exception {
        var setup = Rig.setup(directory.toRealPath()).with("VMCP_MAX_STREAMS", "3");
        try (var host = HostProcess.start(setup);
                var client = Rig.dial(host)) {
            var open = new ArrayList<ServerStream<WatchVmsResponse>>();
            for (int i = 0; i < 3; i++) {
                open.add(watch(client));
            }
            try (var more = watch(client)) {
                var refused = failure(more::next);
                assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                assertThat(refused.message()).contains("try again in 1 s");
            }
            assertThat(Http.get(host, "health").status()).isEqualTo(200);

            open.forEach(ServerStream::close);
            assertThat(host.terminate()).isZero();
        }
    }
}
