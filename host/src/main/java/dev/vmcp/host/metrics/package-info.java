/// What a host tells Prometheus and OTLP beside its calls: its VMs, itself and its machine.
@NullMarked
package dev.vmcp.host.metrics;

import org.jspecify.annotations.NullMarked;
