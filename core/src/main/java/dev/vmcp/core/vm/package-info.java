/// A virtual machine: its spec, its phases, the events that move it, and the rules that judge calls
/// on it.
@NullMarked
package dev.vmcp.core.vm;

import org.jspecify.annotations.NullMarked;
