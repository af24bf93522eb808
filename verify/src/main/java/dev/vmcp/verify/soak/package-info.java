/// The lives of many guests, one after the other, on one host that does not grow.
@NullMarked
package dev.vmcp.verify.soak;

import org.jspecify.annotations.NullMarked;
