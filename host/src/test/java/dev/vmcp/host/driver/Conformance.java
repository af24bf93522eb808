package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// Runs each case of the kit, or what stands for it where the driver does not claim what the case
/// proves; keeps the record of what came of it.
final class Conformance implements InvocationInterceptor {

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, context);
    }

    private static void run(Invocation<Void> invocation, ExtensionContext context)
            throws Throwable {
        var contract = (KitTest) context.getRequiredTestInstance();
        var kit = contract.kit();
        for (var name : proven(context)) {
            if (!kit.claims(name)) {
                invocation.skip();
                new Refusals(kit, contract.scratch()).check(name);
                return;
            }
            var reason = kit.stage().unshown().get(name);
            if (reason != null) {
                invocation.skip();
                throw new TestAbortedException(name.wire() + ": " + reason);
            }
        }
        invocation.proceed();
    }

    private static CapabilityName[] proven(ExtensionContext context) {
        var proves = context.getRequiredTestMethod().getAnnotation(Proves.class);
        return proves == null ? new CapabilityName[0] : proves.value();
    }
}
