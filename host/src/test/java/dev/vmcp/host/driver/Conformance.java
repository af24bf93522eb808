package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// Runs each case of the kit, or what stands for it where the driver does not claim what the case
/// proves; keeps the record of what came of it.
final class Conformance implements InvocationInterceptor {

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    private static void run(Invocation<@Nullable Void> invocation, ExtensionContext context)
            throws Throwable {
        var test = (KitTest) context.getRequiredTestInstance();
        var names = proven(context);
        var result = new Results.Result(test.kit(), names, context);
        try {
            result.came(run(invocation, test, names) ? Results.PROVEN : Results.REFUSED, "");
        } catch (TestAbortedException e) {
            result.came(Results.SKIPPED, why(e));
            throw e;
        } catch (Throwable e) {
            result.came(Results.FAILED, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /// Whether the case itself ran.
    private static boolean run(
            Invocation<@Nullable Void> invocation, KitTest test, List<CapabilityName> names)
            throws Throwable {
        for (var name : names) {
            if (!test.kit().claims(name)) {
                invocation.skip();
                new Refusals(test.kit(), test.scratch()).check(name);
                return false;
            }
        }
        for (var name : names) {
            var reason = test.stage().unshown().get(name);
            if (reason != null) {
                invocation.skip();
                throw new TestAbortedException(name.wire() + ": " + reason);
            }
        }
        invocation.proceed();
        return true;
    }

    private static String why(TestAbortedException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^Assumption failed: ", "");
    }

    private static List<CapabilityName> proven(ExtensionContext context) {
        var proves = context.getRequiredTestMethod().getAnnotation(Proves.class);
        return proves == null ? List.of() : List.of(proves.value());
    }
}
