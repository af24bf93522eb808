package dev.vmcp.platform.rpc;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;

/// Calls over HTTP/2 without TLS, read whole.
final class Calls {

    private Calls() {}

    static AggregatedHttpResponse h2(
            Rig rig, String path, String type, byte[] body, String... header) {
        var headers = RequestHeaders.builder(HttpMethod.POST, path).add("content-type", type);
        for (int i = 0; i < header.length; i += 2) {
            headers.add(header[i], header[i + 1]);
        }
        return WebClient.of("h2c://127.0.0.1:" + rig.server.port())
                .execute(HttpRequest.of(headers.build(), HttpData.wrap(body)))
                .aggregate()
                .join();
    }
}
