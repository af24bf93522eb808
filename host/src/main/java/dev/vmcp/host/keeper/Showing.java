package dev.vmcp.host.keeper;

import static io.opentelemetry.api.common.AttributeKey.stringKey;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Live;
import dev.vmcp.platform.telemetry.otel.CurrentTrace;
import dev.vmcp.platform.telemetry.otel.Step;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.function.Supplier;

/// Shows the steps of one VM in traces. Used in its lane.
final class Showing {

    private static final AttributeKey<String> VM = stringKey("vmcp.vm.id");
    private static final AttributeKey<String> BACKEND = stringKey("vmcp.backend");
    private static final AttributeKey<String> BEFORE = stringKey("vmcp.phase.before");
    private static final AttributeKey<String> AFTER = stringKey("vmcp.phase.after");
    private static final AttributeKey<String> LAUNCH = stringKey("vmcp.launch.id");
    private static final AttributeKey<Long> PID = AttributeKey.longKey("process.pid");

    private final VmState vm;
    private final Context own;

    /// @param own what a step is below that no caller asked for
    Showing(VmState vm, Context own) {
        this.vm = vm;
        this.own = own;
    }

    /// A step that a caller wished, below what that one's thread works for.
    Outcome<Reply> wished(Context work, Wish wish, Supplier<Outcome<Reply>> take) {
        var step = begin(work, name(wish));
        return step.call(() -> {
            var outcome = take.get();
            if (outcome instanceof Outcome.Refused<Reply>(var problem)) {
                step.failed(problem.code(), problem.message());
            }
            step.set(AFTER, vm.phase().word());
            return outcome;
        });
    }

    /// A step that answers what happened by itself, or what was left.
    void taken(String name, Runnable take) {
        var under = CurrentTrace.get();
        var step = begin(under.equals(Context.root()) ? own : under, name);
        var _ =
                step.call(() -> {
                    take.run();
                    step.set(AFTER, vm.phase().word());
                    return true;
                });
    }

    /// The start of a VMM.
    static Live launched(LaunchId launch, String backend, Supplier<Live> start) {
        var step =
                Step.begin("vm.launch", SpanKind.INTERNAL)
                        .set(LAUNCH, launch.value())
                        .set(BACKEND, backend);
        return step.call(() -> {
            try {
                var live = start.get();
                step.set(PID, live.process().id().pid());
                return live;
            } catch (DriverException e) {
                step.failed(
                        e.kind().name().toLowerCase(Locale.ROOT), String.valueOf(e.getMessage()));
                throw e;
            }
        });
    }

    private Step begin(Context work, String name) {
        return Step.begin(work, name, SpanKind.INTERNAL)
                .set(VM, vm.id().value())
                .set(BACKEND, vm.record().backend())
                .set(BEFORE, vm.phase().word());
    }

    private static String name(Wish wish) {
        return switch (wish) {
            case Ask ask -> "vm." + ask.verb().word();
            case Wish.Alter _ -> "vm.change";
            case Wish.Save _ -> "vm.snapshot";
            case Wish.Restore _ -> "vm.restore";
        };
    }
}
