package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Paths of kernels and disks that point where they must not, or that would mean something to a
/// VMM's command line.
final class HostilePathTest {

    @TempDir static Path directory;
    @TempDir static Path elsewhere;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static VmConfig kernel(String path) {
        var config = rig.config();
        config.getBootBuilder().setKernelPath(path);
        return config.build();
    }

    private static VmConfig disk(String path) {
        var config = rig.config();
        config.addStorageBuilder().setPath(path);
        return config.build();
    }

    private static void refused(VmConfig config, String field, String why) {
        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(() -> rig.create("vm-0", config))
                .satisfies(failed -> {
                    assertThat(failed.code()).as(failed.message()).isEqualTo(Code.INVALID_ARGUMENT);
                    assertThat(failed.message()).contains(field).contains(why);
                });
    }

    private static void bothRefused(String path, String why) {
        refused(kernel(path), "config.boot.kernel_path", why);
        refused(disk(path), "config.storage[0].path", why);
    }

    @Test
    void whatIsNoFileIsRefused() throws IOException {
        bothRefused(rig.directory().toString(), "directory");
        bothRefused(rig.directory() + "/absent", "does not exist");
        bothRefused(rig.kernel() + "/below", "");
        var fifo = rig.directory().resolve("fifo").toString();
        var _ = Command.run("mkfifo", fifo).good();
        bothRefused(fifo, "it is a pipe");
        var socket = rig.directory().resolve("s");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            var _ = server.bind(UnixDomainSocketAddress.of(socket));
            bothRefused(socket.toString(), "socket");
        }
        bothRefused("/dev/zero", "");
        bothRefused("/proc/self/mem", "in one of");
    }

    @Test
    void whatLiesElsewhereIsRefusedWithoutSayingWhetherItIsThere() throws IOException {
        var secret = elsewhere.toRealPath().resolve("secret");
        TinyGuest.writeTo(secret);
        var link = rig.directory().resolve("link");
        Files.createSymbolicLink(link, secret);
        var chain = Files.createSymbolicLink(rig.directory().resolve("chain"), link);
        var loop = rig.directory().resolve("loop");
        Files.createSymbolicLink(loop, loop);

        bothRefused(secret.toString(), "in one of");
        bothRefused(secret + "-absent", "in one of");
        bothRefused(link.toString(), "in one of");
        bothRefused(chain.toString(), "in one of");
        bothRefused(rig.directory() + "/../" + secret.getFileName(), "");
        bothRefused(loop.toString(), "");
    }

    @Test
    void pathsThatAreNoPathsAreRefused() {
        for (var path :
                List.of("", "relative", "/a\u0000b", "/a\nb", "/" + "x".repeat(5000), "unix:/a")) {
            bothRefused(path, "absolute path");
        }
        bothRefused(rig.directory() + "/" + "x".repeat(300), "");
    }

    @Test
    void aLinkThatIsTurnedAwayAfterTheCreateIsSeenAtTheBoot() throws IOException {
        var secret = elsewhere.toRealPath().resolve("kernel");
        TinyGuest.writeTo(secret);
        var link = rig.directory().resolve("turning");
        Files.createSymbolicLink(link, Path.of(rig.kernel()));
        rig.create("vm-0", kernel(link.toString()));
        Files.delete(link);
        Files.createSymbolicLink(link, secret);
        var boot = BootVmRequest.newBuilder().setVmId("vm-0").build();
        try {
            assertThatExceptionOfType(CallFailed.class)
                    .isThrownBy(() -> rig.client().bootVm(boot))
                    .satisfies(failed -> {
                        assertThat(failed.code()).isEqualTo(Code.FAILED_PRECONDITION);
                        assertThat(failed.message()).contains("config.boot.kernel_path");
                    });
        } finally {
            rig.delete("vm-0");
        }
    }

    @Test
    void namesThatWouldBeOptionsOfQemuAreOnlyNames() throws IOException {
        var names =
                List.of(
                        "a,readonly=on,if=none",
                        "b=,id=x,file=/etc/passwd",
                        "c\",\"driver\":\"host_device",
                        "d e'f\\g",
                        "e,,snapshot=on",
                        "json:{\"driver\":\"null-co\"}",
                        "nbd:unix:x",
                        "%s%n$(id)`id`");
        var config = rig.config();
        for (var name : names) {
            var file = rig.directory().resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.write(file, new byte[1 << 20]);
            config.addStorageBuilder().setPath(file.toString());
        }
        var kernel = rig.directory().resolve("k,initrd=x,dtb=y z");
        TinyGuest.writeTo(kernel);
        config.getBootBuilder()
                .setKernelPath(kernel.toString())
                .setKernelArgs("vmcp.listen a,b=c \"quoted\" -device evil,x=y");
        var _ = rig.run("vm-0", config.build());

        var arguments = arguments(rig.pid("vm-0"));
        for (var name : names) {
            assertThat(arguments).noneMatch(argument -> argument.contains(name));
        }
        assertThat(arguments.stream().filter("-blockdev"::equals)).hasSize(2 * names.size());
        assertThat(arguments).doesNotContain("evil,x=y", "-drive", "-initrd", "-dtb");
        assertThat(rig.console("vm-0").askNonce()).isPresent();
        rig.delete("vm-0");
        for (var name : names) {
            assertThat(rig.directory().resolve(name)).hasSize(1 << 20);
        }
    }

    private static List<String> arguments(long pid) throws IOException {
        var line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        return List.of(line.split("\u0000", -1));
    }
}
