/// Benchmarks of whole hosts, each beside a peer that is measured in the same run.
@NullMarked
package dev.vmcp.verify.bench;

import org.jspecify.annotations.NullMarked;
