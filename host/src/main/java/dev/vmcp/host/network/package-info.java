/// TAP devices: whether they exist and how a VMM gets them.
@NullMarked
package dev.vmcp.host.network;

import org.jspecify.annotations.NullMarked;
