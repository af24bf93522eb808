/// A directory that belongs to one process, and SQLite databases in it, each written by one thread.
@NullMarked
package dev.vmcp.platform.sqlite;

import org.jspecify.annotations.NullMarked;
