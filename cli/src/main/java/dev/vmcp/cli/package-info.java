/// The command line: one class per command, which calls a host and prints what it answers.
@NullMarked
package dev.vmcp.cli;

import org.jspecify.annotations.NullMarked;
