/// Settings declared once and read from flags, environment, a TOML file and defaults, in this order
/// of precedence, with every problem found at once.
@NullMarked
package dev.vmcp.platform.config;

import org.jspecify.annotations.NullMarked;
