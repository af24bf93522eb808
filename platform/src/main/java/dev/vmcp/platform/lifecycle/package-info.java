/// Starting in order, stopping in reverse order, and dying on purpose.
@NullMarked
package dev.vmcp.platform.lifecycle;

import org.jspecify.annotations.NullMarked;
