package dev.vmcp.verify.house.sample;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Reads the clock, rolls dice, makes threads and starts processes.
public final class Impure {

    private Impure() {}

    public static Instant clock() {
        return Instant.now();
    }

    public static UUID chance() {
        return UUID.randomUUID();
    }

    public static long ticks() {
        return System.nanoTime();
    }

    public static ExecutorService threads() {
        return Executors.newFixedThreadPool(1);
    }

    public static ProcessBuilder process() {
        return new ProcessBuilder("true");
    }
}
