/// The host's configuration: one record per concern, and the names that its settings have under
/// each program name.
@NullMarked
package dev.vmcp.host.config;

import org.jspecify.annotations.NullMarked;
