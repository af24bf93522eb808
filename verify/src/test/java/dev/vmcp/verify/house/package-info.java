/// Whether the house is as it was drawn: arrows between modules and rooms, sizes, names, words,
/// links.
@NullMarked
package dev.vmcp.verify.house;

import org.jspecify.annotations.NullMarked;
