/// Who may do what.
@NullMarked
package dev.vmcp.core.access;

import org.jspecify.annotations.NullMarked;
