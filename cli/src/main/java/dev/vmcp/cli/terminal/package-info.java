/// What people and programs see: streams, tables, sizes, ages, and the raw mode of a terminal.
@NullMarked
package dev.vmcp.cli.terminal;

import org.jspecify.annotations.NullMarked;
