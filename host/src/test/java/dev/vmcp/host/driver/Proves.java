package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Which capabilities a case of the conformance kit shows. Where the driver says that it lacks one
/// of them, the case gives way to a check that asking for it is refused and harms nothing.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Proves {
    CapabilityName[] value();
}
