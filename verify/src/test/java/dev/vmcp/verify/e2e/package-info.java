/// A whole host as a user has it: a process of its own, real clients, real QEMU guests.
@NullMarked
package dev.vmcp.verify.e2e;

import org.jspecify.annotations.NullMarked;
