/// MVisor: a VMM without a management interface, told by a YAML file and watched through `/proc`.
@NullMarked
package dev.vmcp.host.driver.mvisor;

import org.jspecify.annotations.NullMarked;
