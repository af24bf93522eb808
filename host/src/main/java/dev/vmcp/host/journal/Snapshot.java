package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.platform.lifecycle.CrashPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;

/// What is known of a saved guest, as it stands beside what its VMM wrote.
///
/// @param vm whose guest it was
/// @param version of the VMM that wrote it
/// @param diff whether it holds only what changed since the one before
/// @param base that one; none for a whole guest, and for a diff of a release that did not say
/// @param size what all its files take, in bytes
public record Snapshot(
        String id,
        VmId vm,
        VmSpec spec,
        String backend,
        String version,
        Instant created,
        boolean diff,
        Base base,
        long size) {

    /// How a diff names this one.
    public Base asBase() {
        return new Base(id, created);
    }

    /// The same with the size of its files.
    public Snapshot sized(long bytes) {
        return new Snapshot(id, vm, spec, backend, version, created, diff, base, bytes);
    }

    /// Writes this to `file`, durably.
    public void write(Path file) throws IOException {
        var node = Json.document();
        node.put("id", id)
                .put("vm", vm.value())
                .put("backend", backend)
                .put("version", version)
                .put("created", created.toString())
                .put("diff", diff)
                .put("size", size)
                .set("spec", SpecJson.document(spec));
        BaseJson.fill(node, base);
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(node.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                var _ = channel.write(bytes);
            }
            CrashPoint.reach("snapshot.manifest");
            channel.force(true);
        }
    }

    /// @throws IOException when the file cannot be read or does not say what [#write] wrote
    public static Snapshot read(Path file) throws IOException {
        try {
            var node = Json.parse(Files.readString(file));
            return new Snapshot(
                    Json.string(node, "id"),
                    new VmId(Json.string(node, "vm")),
                    SpecJson.read(Json.member(node, "spec")),
                    Json.string(node, "backend"),
                    Json.string(node, "version"),
                    Instant.parse(Json.string(node, "created")),
                    Json.flag(node, "diff"),
                    BaseJson.read(node),
                    Json.number(node, "size"));
        } catch (Json.MalformedException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
