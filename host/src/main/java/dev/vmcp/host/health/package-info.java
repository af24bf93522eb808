/// Whether this host can do its work: the health documents that monitors read.
@NullMarked
package dev.vmcp.host.health;

import org.jspecify.annotations.NullMarked;
