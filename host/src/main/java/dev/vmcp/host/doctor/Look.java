package dev.vmcp.host.doctor;

import java.util.List;

/// Looks at one part of the machine. Leaves nothing behind.
@FunctionalInterface
public interface Look {
    List<Finding> findings();
}
