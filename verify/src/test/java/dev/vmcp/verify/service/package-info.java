/// What makes a host a service: the package, the unit, and what an operator does with them.
@NullMarked
package dev.vmcp.verify.service;

import org.jspecify.annotations.NullMarked;
