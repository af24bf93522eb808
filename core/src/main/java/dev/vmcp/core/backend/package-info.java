/// What hypervisors can do and how one is chosen for a spec.
@NullMarked
package dev.vmcp.core.backend;

import org.jspecify.annotations.NullMarked;
