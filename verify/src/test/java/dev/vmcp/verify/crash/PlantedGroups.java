package dev.vmcp.verify.crash;

import dev.vmcp.host.vmm.ControlGroups;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// The part of the planting that is about control groups.
record PlantedGroups(Planting planting, Path directory) {

    void plant() throws Exception {
        var group = group().resolve(Planting.LAUNCH);
        planting.report(
                "control group",
                "control group " + group,
                () -> {
                    Files.createDirectory(group);
                    return () -> Files.delete(group);
                });
        var alive = new Accounted.Alive("vm", "firecracker", 1, Planting.LAUNCH, List.of());
        planting.report(
                "control group without its VMM",
                group + " is without its VMM",
                () -> {
                    Files.createDirectory(group);
                    return () -> Files.delete(group);
                },
                new Accounted(Set.of(), List.of(alive), Set.of(), Set.of()));
        planting.report(
                "nothing of another host's",
                "",
                () -> {
                    outside("mkdir");
                    return () -> outside("rmdir");
                });
    }

    /// Makes or removes a launch's control group that is not of this ground.
    private void outside(String command) throws Exception {
        var whole = Files.createDirectory(directory.resolve("whole"));
        var version = ControlGroups.ofHost().unified() ? "cgroup2" : "cgroup -o pids";
        Planting.run("sh", "-c", "mount -t " + version + " cgroup " + whole);
        Planting.run(command, whole.resolve(Planting.LAUNCH).toString());
        Planting.run("umount", whole.toString());
        Files.delete(whole);
    }

    /// One of this ground's; another host's are not seen from here.
    private static Path group() {
        return OwnGround.groups().stream().sorted().findFirst().orElseThrow();
    }
}
