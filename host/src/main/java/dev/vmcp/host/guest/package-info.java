/// Writes the tiny test guest, which `doctor` and `demo` boot.
@NullMarked
package dev.vmcp.host.guest;

import org.jspecify.annotations.NullMarked;
