package dev.vmcp.platform.lifecycle;

import java.util.concurrent.CountDownLatch;

/// A program in which six virtual threads keep their carriers until a seventh gets one.
final class PinnedCarriers {

    private static final int PINNED = 6;
    private static final CountDownLatch WAITING = new CountDownLatch(PINNED);
    private static final CountDownLatch GO = new CountDownLatch(1);

    /// Its initialisation waits, and whoever needs it waits for that.
    private static final class Slow {
        static {
            try {
                GO.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        static void touch() {}
    }

    private PinnedCarriers() {}

    public static void main(String[] arguments) throws InterruptedException {
        Carriers.provide();
        for (int i = 0; i < PINNED; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        WAITING.countDown();
                        Slow.touch();
                    });
        }
        WAITING.await();
        Thread.ofVirtual().start(GO::countDown);
        Slow.touch();
    }
}
