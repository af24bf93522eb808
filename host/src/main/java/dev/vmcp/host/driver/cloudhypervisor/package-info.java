/// Cloud Hypervisor, started by us or by somebody else: its HTTP API, its mapping of a spec.
@NullMarked
package dev.vmcp.host.driver.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
