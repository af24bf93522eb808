/// What drivers share that is no part of the port: how an installed VMM is found, which privileges
/// it keeps, the files of its launch, and its last words.
@NullMarked
package dev.vmcp.host.vmm;

import org.jspecify.annotations.NullMarked;
