/// Code that breaks the rules, to show that the rules see it.
@NullMarked
package dev.vmcp.verify.house.sample;

import org.jspecify.annotations.NullMarked;
