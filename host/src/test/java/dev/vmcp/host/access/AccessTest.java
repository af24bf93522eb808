package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.rpc.UnixPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {

    private static final SocketAddress NEAR = at("127.0.0.1");
    private static final SocketAddress FAR = at("192.0.2.1");
    private static final int OWN = 1000;
    private static final int GROUP = 77;

    @TempDir private Path directory;
    private Tokens tokens;

    @BeforeEach
    void open() {
        tokens = Tokens.open(directory.resolve("t"), InstantSource.system(), new Random(1));
    }

    private Caller caller(boolean trustLocal, boolean open, SocketAddress peer, String shown) {
        var policy = new AccessPolicy(trustLocal, open, OWN, OptionalInt.of(GROUP));
        return new Access(policy, tokens).of(peer, null, shown);
    }

    private Caller overSocket(boolean trustLocal, int uid, int... groups) {
        return caller(trustLocal, false, new UnixPeer(1, uid, groups), "");
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 1);
    }

    @Test
    void overASocketRootTheHostsUserAndItsGroupMayDoEverything() {
        for (var trust : new boolean[] {true, false}) {
            assertThat(overSocket(trust, 0, 0)).isEqualTo(new Caller.User(0));
            assertThat(overSocket(trust, OWN, OWN)).isEqualTo(new Caller.User(OWN));
            assertThat(overSocket(trust, 5, 5, GROUP)).isEqualTo(new Caller.User(5));
            assertThat(overSocket(trust, 5, 5, 6).scope()).isEmpty();
        }
        assertThat(new Caller.User(5).scope()).contains(Scope.ADMIN);
        assertThat(new Caller.User(5).words()).isEqualTo("user 5");
    }

    @Test
    void overASocketATokenCountsBeforeTheUser() {
        var read = tokens.make("r", Scope.READ, Optional.empty()).orElseThrow();
        var root = new UnixPeer(1, 0, 0);
        assertThat(caller(true, false, root, "Bearer " + read.text()))
                .isEqualTo(new Caller.Bearer(read.token()));
        assertThat(caller(true, false, root, "Bearer wrong").scope()).isEmpty();
    }

    @Test
    void beyondLoopbackNobodyIsBelievedUnlessTheListenerIsOpen() {
        assertThat(caller(true, false, NEAR, "")).isEqualTo(new Caller.Local());
        assertThat(caller(false, false, NEAR, "").scope()).isEmpty();
        assertThat(caller(true, false, FAR, "").scope()).isEmpty();
        assertThat(caller(true, true, FAR, "")).isEqualTo(new Caller.Anyone());
        assertThat(caller(true, true, FAR, "Bearer wrong").scope()).isEmpty();
    }
}
