package dev.vmcp.verify.crash;

import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.Options;
import java.nio.file.Files;
import java.util.List;

/// Kills a host again and again amid a storm of calls on 20 tiny guests, and looks after each
/// restart whether anything was lost, doubled or left behind.
///
/// As root it does so on a ground of its own, where nothing that is left can hide among what others
/// do on the machine.
public final class CrashTest {

    private CrashTest() {}

    /// `--rounds N --seed S --backends A,B`; exits with 1 at the first round that fails, and says
    /// how to repeat it.
    public static void main(String[] words) throws Exception {
        if (!OwnGround.here() && OwnGround.possible()) {
            System.exit(OwnGround.run(CrashTest.class, List.of(words)));
        }
        Options.main(
                List.of(words),
                options -> {
                    int rounds = options.count("rounds", 20);
                    long seed = options.number("seed", System.nanoTime());
                    var backends = List.of(options.word("backends", "qemu").split(",", -1));
                    options.requireNoOther();
                    var faults = run(rounds, seed, backends);
                    faults.forEach(System.out::println);
                    return faults.isEmpty() ? 0 : 1;
                });
    }

    /// Runs the rounds with the VMs spread over these backends, in a directory of its own, which is
    /// gone afterwards unless a round failed.
    ///
    /// @return what did not hold, led by the seed that repeats it; empty when all did
    private static List<String> run(int rounds, long seed, List<String> backends) throws Exception {
        var directory = Files.createTempDirectory("vmcp-crash").toRealPath();
        System.out.println("crash test: " + rounds + " rounds, seed " + seed + ", in " + directory);
        if (!OwnGround.here()) {
            System.out.println(
                    "not root: no TAPs, and of what is left only what names that directory is"
                            + " looked for");
        }
        var faults = new Rounds(directory, seed, backends).run(rounds);
        if (faults.isEmpty()) {
            FileTrees.remove(directory);
        } else {
            faults.addFirst(
                    "repeat it: ./run crash --rounds "
                            + rounds
                            + " --seed "
                            + seed
                            + " --backends "
                            + String.join(",", backends)
                            + "; host log: "
                            + directory
                            + "/data.log");
        }
        return faults;
    }
}
