package dev.vmcp.platform.telemetry.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.telemetry.otel.OtelSettings.Protocol;
import io.opentelemetry.sdk.resources.Resource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MetricPipesTest {

    @Test
    void whatTheSdkTellsOfItselfIsNotAmongTheMetricsAfterPushesEither() {
        try (var receiver = new OtlpReceiver()) {
            var settings =
                    new OtelSettings("a", "1", "b:1", 0, receiver.url(), Protocol.HTTP, true);
            var pipes = new MetricPipes(settings, new Exporters(settings), Resource.empty());
            try (var provider = pipes.provider()) {
                provider.get("test").counterBuilder("vmcp_sample_total").build().add(1);
                for (int i = 0; i < 2; i++) {
                    var pushed = provider.forceFlush().join(20, TimeUnit.SECONDS);
                    assertThat(pushed.isSuccess()).isTrue();
                }
                var scraped = pipes.scrape().orElseThrow().handle(scrape());
                assertThat(new String(scraped.body(), StandardCharsets.UTF_8))
                        .contains("vmcp_sample_total")
                        .doesNotContain("otel_sdk");
            }
        }
    }

    private static WebRequest scrape() {
        var peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return new WebRequest("GET", "/metrics", Map.of(), Map.of(), new byte[0], peer, null);
    }
}
