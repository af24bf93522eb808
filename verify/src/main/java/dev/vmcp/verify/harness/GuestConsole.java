package dev.vmcp.verify.harness;

import com.google.protobuf.ByteString;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.ServerStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Talks with the tiny guest of one VM over its console.
///
/// @param limit how long the guest may take to answer
public record GuestConsole(HostClient client, String vm, Duration limit) {

    private static final Pattern NONCE = Pattern.compile("nonce=([0-9a-f]{16})");

    /// The position after the last byte that the console has now.
    public long end() {
        try (var stream = stream(-1, false)) {
            long end = 0;
            for (var piece = stream.next(); piece.isPresent(); piece = stream.next()) {
                end = piece.get().getNextCursor();
            }
            return end;
        }
    }

    /// Asks the guest for the nonce of its boot.
    public Optional<String> askNonce() {
        long from = end();
        send("N");
        return nonceAfter(from);
    }

    /// The nonce that the guest prints after this position.
    public Optional<String> nonceAfter(long cursor) {
        return await(
                cursor,
                text -> {
                    var match = NONCE.matcher(text);
                    return match.find() ? Optional.of(match.group(1)) : Optional.empty();
                });
    }

    /// Whether the guest sends back a word of lower-case letters. What the guest prints by itself
    /// may stand between the letters.
    public boolean echoes(String word) {
        long from = end();
        send(word);
        var spread = Pattern.compile(String.join("(?s:.*?)", word.split("", -1)));
        return await(
                        from,
                        text -> spread.matcher(text).find() ? Optional.of(text) : Optional.empty())
                .isPresent();
    }

    public void send(String text) {
        client.writeConsole(
                WriteConsoleRequest.newBuilder()
                        .setVmId(vm)
                        .setData(ByteString.copyFromUtf8(text))
                        .build());
    }

    private ServerStream<ReadConsoleResponse> stream(long cursor, boolean follow) {
        return client.readConsole(
                ReadConsoleRequest.newBuilder()
                        .setVmId(vm)
                        .setCursor(cursor)
                        .setFollow(follow)
                        .build());
    }

    private Optional<String> await(long cursor, Function<String, Optional<String>> find) {
        var text = new StringBuilder();
        try (var stream = stream(cursor, true)) {
            // Closing ends a wait for more; after an answer it does nothing.
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(stream::close);
            for (var piece = stream.next(); piece.isPresent(); piece = stream.next()) {
                text.append(piece.get().getData().toStringUtf8());
                var found = find.apply(text.toString());
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
    }
}
