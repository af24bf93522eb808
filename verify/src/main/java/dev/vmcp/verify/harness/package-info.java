/// Real hosts as real processes, for tests and benchmarks that must see what a user sees.
@NullMarked
package dev.vmcp.verify.harness;

import org.jspecify.annotations.NullMarked;
