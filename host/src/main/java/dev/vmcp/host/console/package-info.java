/// Serial consoles: always drained, kept in size-capped files, read by any number of readers.
@NullMarked
package dev.vmcp.host.console;

import org.jspecify.annotations.NullMarked;
