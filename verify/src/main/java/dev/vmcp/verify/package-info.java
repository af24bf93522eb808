/// Whole-system checks; ships nothing.
@NullMarked
package dev.vmcp.verify;

import org.jspecify.annotations.NullMarked;
