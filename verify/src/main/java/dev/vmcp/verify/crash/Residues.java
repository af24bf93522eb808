package dev.vmcp.verify.crash;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.verify.crash.Machine.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds what is there without a reason: processes, sockets, directories, files, network devices
/// and namespaces, mounts, terminals, control groups, users in use, entries in access lists.
///
/// On a ground of its own everything counts that was not there at first; elsewhere only what names
/// the test's directory.
final class Residues {

    private static final Duration CLEARED = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /// QEMU has a monitor for us and one that takes descriptors.
    private static final int MOST_SOCKETS = 2;

    private static final Pattern LAUNCH = Pattern.compile("l-[0-9a-f]{24}");

    private final Path directory;
    private final Path data;
    private final UsersFiles files;
    private final int mostVms;
    private final Set<Long> processes;
    private final Set<String> mounts;
    private final Set<String> devices;
    private final Set<String> terminals;
    private final Set<String> networks;
    private final Set<String> places;

    /// Remembers what is there now, after a host has been there and gone that had no VM.
    ///
    /// @param directory of the test; its part `data` is the host's
    /// @param mostVms how many there are at most
    Residues(Path directory, UsersFiles files, int mostVms) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.files = files;
        this.mostVms = mostVms;
        var running = Machine.processes();
        this.processes = Set.copyOf(running.keySet());
        this.mounts = Set.copyOf(Machine.mounts());
        this.devices = Machine.networkDevices();
        this.terminals = Machine.terminals();
        this.networks = networks(running.values());
        this.places = Machine.names(data);
    }

    /// What stays there without a reason; what is just being cleared away gets some time.
    List<String> beyond(Accounted accounted) {
        var end = System.nanoTime() + CLEARED.toNanos();
        var found = now(accounted);
        while (!found.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            found = now(accounted);
        }
        return found;
    }

    /// What a host that has no VM has open all the same.
    List<String> openIn(long host) {
        var end = System.nanoTime() + CLEARED.toNanos();
        var found = kept(host);
        while (!found.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            found = kept(host);
        }
        return found.stream().map(name -> "the host keeps " + name + " open").toList();
    }

    private List<String> kept(long host) {
        var own = Set.of("launches", "vms", "volumes", "snapshots");
        return Machine.open(host).stream()
                .filter(name ->
                        name.equals("anon_inode:[pidfd]")
                                || name.startsWith("tap")
                                || name.equals("/dev/ptmx")
                                || name.startsWith("/dev/pts/")
                                || own.stream()
                                        .anyMatch(part ->
                                                name.startsWith(data.resolve(part).toString())))
                .toList();
    }

    /// What is there without a reason at this moment.
    List<String> now(Accounted accounted) {
        var running = Machine.processes();
        var faults = new ArrayList<String>();
        if (OwnGround.here()) {
            processes(running, accounted, faults);
            devices(running, accounted, faults);
            networks(running, accounted, faults);
            counted("terminal", without(Machine.terminals(), terminals), on(accounted), faults);
            var most = accounted.alive().size() * MOST_SOCKETS;
            counted("listening socket", Machine.listeners(), most, faults);
            groups(accounted, faults);
        }
        mounts(accounted, faults);
        directories(accounted, faults);
        var users = new TreeMap<Long, Integer>();
        running.forEach((pid, process) -> users.put(pid, process.uid()));
        faults.addAll(files.changed(accounted.lent(users)));
        return faults;
    }

    private static int on(Accounted accounted) {
        return (int) accounted.on("cloudhypervisor");
    }

    private void processes(
            SortedMap<Long, Running> running, Accounted accounted, List<String> faults) {
        var known = new HashSet<>(processes);
        known.addAll(accounted.hosts());
        accounted.alive().forEach(vm -> known.add(vm.pid()));
        var users = new HashSet<Integer>();
        for (var process : running.values()) {
            var words = "process " + process.pid() + " " + process.command();
            if (!known.contains(process.pid())) {
                faults.add(words);
            }
            if (process.uid() != 0) {
                if (!users.add(process.uid())) {
                    faults.add(words + ": user " + process.uid() + " has another VMM, too");
                }
                var slot = process.uid() - Launch.FIRST_JAIL_USER;
                if (slot < 0 || slot >= mostVms) {
                    faults.add(words + ": user " + process.uid() + ", though lower ones are free");
                }
            }
        }
    }

    private void devices(
            SortedMap<Long, Running> running, Accounted accounted, List<String> faults) {
        var now = Machine.networkDevices();
        without(now, devices).forEach(name -> faults.add("network device " + name));
        without(devices, now).forEach(name -> faults.add("network device " + name + " is gone"));
        var users =
                accounted.alive().stream().map(Accounted.Alive::pid).collect(Collectors.toSet());
        for (var pid : running.keySet()) {
            if (!users.contains(pid)) {
                Machine.open(pid).stream()
                        .filter(name -> name.startsWith("tap"))
                        .forEach(name -> faults.add(name + " is held by process " + pid));
            }
        }
    }

    private void networks(
            SortedMap<Long, Running> running, Accounted accounted, List<String> faults) {
        var more = without(networks(running.values()), networks);
        counted("network namespace", more, (int) accounted.on("mvisor"), faults);
    }

    private static Set<String> networks(Collection<Running> processes) {
        return processes.stream().map(Running::network).collect(Collectors.toSet());
    }

    private static void counted(String what, List<String> found, int most, List<String> faults) {
        if (found.size() > most) {
            faults.add(
                    found.size()
                            + " times "
                            + what
                            + " (expected: at most "
                            + most
                            + "): "
                            + found);
        }
    }

    private void groups(Accounted accounted, List<String> faults) {
        var pids =
                accounted.alive().stream()
                        .collect(Collectors.toMap(Accounted.Alive::launch, Accounted.Alive::pid));
        for (var group : ControlGroup.below(OwnGround.groups())) {
            var pid = pids.get(group.launch());
            if (pid == null) {
                faults.add("control group " + group.path());
            } else if (!group.has(pid)) {
                faults.add("control group " + group.path() + " is without its VMM");
            }
        }
    }

    private void mounts(Accounted accounted, List<String> faults) {
        Predicate<String> counts =
                OwnGround.here()
                        ? place -> !mounts.contains(place)
                        : place -> place.startsWith(directory.toString());
        Machine.mounts().stream()
                .filter(counts)
                .filter(place -> !namesOneOf(place, accounted.launches()))
                .forEach(place -> faults.add("mounted: " + place));
    }

    /// A launch's directory and the manifest beside it go with its VMM.
    private void directories(Accounted accounted, List<String> faults) {
        for (var name : Machine.names(data.resolve("launches"))) {
            if (!namesOneOf(name, accounted.launches())) {
                faults.add("left in launches: " + name);
            }
        }
        left("vms", accounted.vms(), faults);
        left("volumes", accounted.vms(), faults);
        left("snapshots", accounted.snapshots(), faults);
        var now = new TreeSet<>(Machine.names(data));
        now.removeIf(name -> name.startsWith("journal.db"));
        without(now, places).forEach(name -> faults.add("left in the data directory: " + name));
        Machine.names(directory.resolve("tmp"))
                .forEach(name -> faults.add("left in the temporary directory: " + name));
    }

    private void left(String place, Set<String> known, List<String> faults) {
        without(Machine.names(data.resolve(place)), known)
                .forEach(name -> faults.add("left in " + place + ": " + name));
    }

    private static boolean namesOneOf(String text, Set<String> launches) {
        return LAUNCH.matcher(text).results().anyMatch(found -> launches.contains(found.group()));
    }

    private static List<String> without(Set<String> all, Set<String> known) {
        return all.stream().filter(name -> !known.contains(name)).sorted().toList();
    }
}
