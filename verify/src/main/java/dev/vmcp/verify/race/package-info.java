/// Two calls at once on one VM, and whether they end as the table in core allows.
@NullMarked
package dev.vmcp.verify.race;

import org.jspecify.annotations.NullMarked;
