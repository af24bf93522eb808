package dev.vmcp.verify.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A load for machines without `wrk`: dearer, so that ratios come out nearer to one.
record OwnLoad(String url, List<String> bodies) {

    private record Part(Samples times, long failures) {}

    Load.Result run(int seconds) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Callable<Part> caller = () -> caller(end);
        var all = new Samples();
        long failures = 0;
        try (var threads = Executors.newFixedThreadPool(Load.CONNECTIONS)) {
            var parts = new ArrayList<Callable<Part>>();
            for (int i = 0; i < Load.CONNECTIONS; i++) {
                parts.add(caller);
            }
            for (var part : threads.invokeAll(parts)) {
                all.addAll(part.get().times());
                failures += part.get().failures();
            }
        }
        return new Load.Result(
                (double) all.count() / seconds, all.millis(50), all.millis(99), failures);
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private Part caller(long end) throws Exception {
        var times = new Samples();
        long failures = 0;
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var requests = bodies.stream().map(this::request).toList();
            int turn = 0;
            for (long now = System.nanoTime(); now < end; ) {
                var request = requests.get(turn++ % requests.size());
                var answer = client.send(request, HttpResponse.BodyHandlers.discarding());
                failures += answer.statusCode() == 200 ? 0 : 1;
                long after = System.nanoTime();
                times.add(after - now);
                now = after;
            }
        }
        return new Part(times, failures);
    }
}
