/// Requests with a few bytes changed, against a running host.
@NullMarked
package dev.vmcp.verify.fuzz;

import org.jspecify.annotations.NullMarked;
