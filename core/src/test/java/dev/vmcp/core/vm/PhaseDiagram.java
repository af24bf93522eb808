package dev.vmcp.core.vm;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// The diagram of phases, in Mermaid, as the transition function has it.
final class PhaseDiagram {

    private record Arrow(String from, String to) {}

    private PhaseDiagram() {}

    static String page() {
        return """
        # Phases of a VM

        A VM is always in one of these phases; `backend_info.phase` says which. What moves it are decisions (*planned*) \
        and observations. Observations that change nothing are left out of the picture.

        ```mermaid
        stateDiagram-v2
            [*] --> Created
        %s    Deleting --> [*]
        ```

        | phase | means | on the wire |
        |---|---|---|
        | Created | recorded; never started | `VM_STATE_CREATED` |
        | Booting | a launch is in the journal; its VMM may or may not exist yet | `VM_STATE_CREATED` |
        | Running | the VMM runs the guest | `VM_STATE_RUNNING` |
        | Paused | the virtual CPUs stand still | `VM_STATE_PAUSED` |
        | Stopping | on the way down; for a reboot, on the way down and up again | `VM_STATE_RUNNING` |
        | Stopped | ended because a caller or the guest wished it | `VM_STATE_SHUTDOWN` |
        | Failed | ended although nobody wished it | `VM_STATE_SHUTDOWN` |
        | Deleting | being removed | `VM_STATE_SHUTDOWN` |

        This page is written from `dev.vmcp.core.vm.Transition` by its test.
        """
                .formatted(arrows());
    }

    private static String arrows() {
        var labels = new LinkedHashMap<Arrow, Set<String>>();
        for (var phase : Samples.PHASES) {
            for (var event : Samples.EVENTS) {
                Transition.next(phase, event)
                        .map(Phase::word)
                        .filter(to -> !to.equals(phase.word()))
                        .ifPresent(to ->
                                labels.computeIfAbsent(
                                                new Arrow(phase.word(), to),
                                                _ -> new LinkedHashSet<>())
                                        .add(words(event)));
            }
        }
        return labels.entrySet().stream()
                .map(entry ->
                        "    %s --> %s : %s\n"
                                .formatted(
                                        entry.getKey().from(),
                                        entry.getKey().to(),
                                        String.join(", ", entry.getValue())))
                .collect(Collectors.joining());
    }

    /// `LaunchPlanned` is `launch planned`.
    private static String words(Event event) {
        return event.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
