/// What can be refused: values with stable codes that every edge maps to its own protocol's errors.
@NullMarked
package dev.vmcp.core.problem;

import org.jspecify.annotations.NullMarked;
