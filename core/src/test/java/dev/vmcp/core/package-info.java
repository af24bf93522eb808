/// What tests of the core share.
@NullMarked
package dev.vmcp.core;

import org.jspecify.annotations.NullMarked;
