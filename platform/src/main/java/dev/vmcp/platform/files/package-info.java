/// Files of ours.
@NullMarked
package dev.vmcp.platform.files;

import org.jspecify.annotations.NullMarked;
