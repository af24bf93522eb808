/// Cloud Hypervisor: REST on a unix socket, one process per VM.
@NullMarked
package dev.vmcp.host.driver.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
