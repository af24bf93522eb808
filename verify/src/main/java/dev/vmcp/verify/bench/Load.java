package dev.vmcp.verify.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Sixteen connections that post JSON again and again, over HTTP/1.1.
///
/// @param url where to post to
/// @param bodies what to post, in turn
record Load(String url, List<String> bodies) {

    static final int CONNECTIONS = 16;

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern TIME = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)\\b");
    private static final Pattern FAILED =
            Pattern.compile(
                    "Non-2xx or 3xx responses: (\\d+)|Socket errors: connect (\\d+), read (\\d+),"
                            + " write (\\d+), timeout (\\d+)");

    /// Each request is made up once, so that the load takes little of the machine.
    @SuppressWarnings("InlineFormatString") // a script is better read on its own
    private static final String SCRIPT =
            """
            wrk.method = 'POST'
            wrk.headers['Content-Type'] = 'application/json'
            local made = {}
            local turn = 0
            function init(words)
              for i, body in ipairs({'%s'}) do made[i] = wrk.format(nil, nil, nil, body) end
            end
            function request()
              turn = turn %% #made + 1
              return made[turn]
            end
            """;

    /// @param rate answers a second
    record Result(double rate, double p50Millis, double p99Millis, long failures) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,.0f/s, p50 %.2f ms, p99 %.2f ms, %d failures",
                    rate,
                    p50Millis,
                    p99Millis,
                    failures);
        }
    }

    static boolean hasWrk() {
        return Stream.of("/usr/bin/wrk", "/usr/local/bin/wrk")
                .anyMatch(place -> Files.isExecutable(Path.of(place)));
    }

    /// Runs `wrk` with one thread where it is installed, else a load of our own.
    Result run(int seconds) throws Exception {
        return hasWrk() ? wrk(seconds) : new OwnLoad(url, bodies).run(seconds);
    }

    private Result wrk(int seconds) throws IOException, InterruptedException {
        var script = Files.createTempFile("vmcp-bench", ".lua");
        try {
            Files.writeString(script, SCRIPT.formatted(String.join("','", bodies)));
            var command =
                    List.of(
                            "wrk",
                            "-t1",
                            "-c" + CONNECTIONS,
                            "-d" + seconds + "s",
                            "--latency",
                            "-s",
                            script.toString(),
                            url);
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("wrk: " + said + " (expected: figures)");
            }
            return read(said);
        } finally {
            Files.delete(script);
        }
    }

    private static Result read(String said) {
        double rate =
                RATE.matcher(said).results().mapToDouble(m -> number(m, 1)).findFirst().orElse(0);
        var times = TIME.matcher(said).results().mapToDouble(Load::millis).toArray();
        long failures = FAILED.matcher(said).results().mapToLong(Load::sum).sum();
        if (times.length != 2) {
            throw new IllegalStateException("wrk: " + said + " (expected: p50 and p99)");
        }
        return new Result(rate, times[0], times[1], failures);
    }

    private static double number(MatchResult match, int group) {
        return Double.parseDouble(match.group(group));
    }

    private static double millis(MatchResult match) {
        double unit =
                switch (match.group(3)) {
                    case "us" -> 0.001;
                    case "ms" -> 1;
                    default -> 1000;
                };
        return number(match, 2) * unit;
    }

    private static long sum(MatchResult match) {
        long sum = 0;
        for (int i = 1; i <= match.groupCount(); i++) {
            sum += match.group(i) == null ? 0 : Long.parseLong(match.group(i));
        }
        return sum;
    }
}
