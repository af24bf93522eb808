/// A driver as small as the port allows, for the guide to writing one.
@NullMarked
package dev.vmcp.host.driver.fifth;

import org.jspecify.annotations.NullMarked;
