package dev.vmcp.host;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.doctor.Finding;
import dev.vmcp.host.doctor.LookAtTakeover;
import dev.vmcp.host.doctor.Report;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import java.util.List;

/// `vmcp upgrade-check`: whether this release can take over a host that runs or ran. Asked of the
/// new release before it is installed.
public final class UpgradeCheck {
    private static final int NOT_NOW = 75;
    private static final String USAGE =
            """
            Usage: vmcp upgrade-check [-o json] [FLAGS OF vmcp host]
            Says whether this release can take over the journal, the records and the guests of the host
            whose settings it is given. Changes nothing; the host may be running.
              -o json   Print the findings for programs.
            Exit codes: 0 it can, 1 it cannot, 75 it can, but not now: steps are under way, 78 a setting
            is wrong.
            """;

    private UpgradeCheck() {}

    public static void main(String[] words) {
        System.exit(LookingTool.run(List.of(words), USAGE, UpgradeCheck::look));
    }

    private static int look(HostConfig config, LookingTool.Wish wish) {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            var drivers = Rooms.drivers(config, System.getenv(), processes, loop);
            var data = config.state().dataDirectory();
            var findings = new LookAtTakeover(data, drivers, processes).findings();
            var report =
                    new Report(
                            findings,
                            new Report.Verdict(
                                    "vmcp " + Release.version() + " can take over.",
                                    "vmcp "
                                            + Release.version()
                                            + " cannot take over: see what is marked FAIL."));
            report.print(System.out, wish.json());
            if (!report.healthy()) {
                return 1;
            }
            return findings.stream().anyMatch(UpgradeCheck::underWay) ? NOT_NOW : 0;
        }
    }

    private static boolean underWay(Finding finding) {
        return finding.subject().equals(LookAtTakeover.UNDER_WAY);
    }
}
