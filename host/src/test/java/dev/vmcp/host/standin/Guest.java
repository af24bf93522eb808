package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Plays the tiny guest: prints its banner and, when its kernel arguments say so, obeys keys and
/// its power button.
final class Guest {

    enum State {
        OFF,
        RUNNING,
        PAUSED,
        CRASHED
    }

    private static final byte[] FLOOD =
            "0123456789abcdefghijklmnopqrstuvwxyz flood\r\n".repeat(64).getBytes(ISO_8859_1);

    private final SecureRandom random = new SecureRandom();
    private final Port port;
    private final Machine machine;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.OFF;
    private String arguments = "";
    private String nonce = "";
    private boolean hangs;
    private volatile boolean floods;

    Guest(Port port, Machine machine) {
        this.port = port;
        this.machine = machine;
    }

    /// Reads keys from now on.
    void plugIn() {
        Thread.ofPlatform().daemon().name("serial").start(this::readKeys);
        Thread.ofPlatform().daemon().name("flood").start(this::pour);
    }

    /// Starts from the beginning.
    void boot(String kernelArguments) {
        set(State.OFF);
        arguments = kernelArguments;
        floods = false;
        hangs = !kernelArguments.contains("vmcp.listen");
        nonce = "%016x".formatted(random.nextLong());
        set(State.RUNNING);
        banner();
    }

    /// Goes on where another was saved.
    void restore(String kernelArguments, String savedNonce) {
        arguments = kernelArguments;
        hangs = !kernelArguments.contains("vmcp.listen");
        nonce = savedNonce;
        set(State.PAUSED);
    }

    void reboot() {
        boot(arguments);
    }

    State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    void set(State now) {
        lock.lock();
        try {
            state = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Obeys nothing from now on.
    void hang() {
        hangs = true;
    }

    String nonce() {
        return nonce;
    }

    String arguments() {
        return arguments;
    }

    /// Whether it will obey its power button.
    boolean obeys() {
        return state() == State.RUNNING && !hangs;
    }

    private void readKeys() {
        try {
            for (var key = port.key(); key >= 0; key = port.key()) {
                awaitRunning();
                press(key);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("serial port: " + e);
        }
    }

    private void press(int key) throws IOException {
        if (hangs) {
            return;
        }
        if (floods) {
            floods = false;
            return;
        }
        switch (key) {
            case 'N' -> banner();
            case 'Z' -> {
                nonce = "%016x".formatted(random.nextLong());
                banner();
            }
            case 'R' -> machine.guestReset();
            case 'P' -> machine.guestPoweredOff();
            case 'C' -> machine.guestCrashed();
            case 'H' -> {
                print("vmcp hangs\r\n");
                hangs = true;
            }
            case 'F' -> floods = true;
            case '\r', '\n' -> print("\r\n");
            default -> port.print(new byte[] {(byte) key});
        }
    }

    private void pour() {
        try {
            while (true) {
                lock.lock();
                try {
                    while (!floods || state != State.RUNNING) {
                        var _ = changed.await(2, TimeUnit.MILLISECONDS);
                    }
                } finally {
                    lock.unlock();
                }
                port.print(FLOOD);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("flood: " + e);
        }
    }

    private void awaitRunning() throws InterruptedException {
        lock.lock();
        try {
            while (state != State.RUNNING) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void banner() {
        print("vmcp tiny guest nonce=" + nonce + "\r\n");
    }

    private void print(String text) {
        try {
            port.print(text.getBytes(ISO_8859_1));
        } catch (IOException e) {
            System.err.println("serial port: " + e);
        }
    }
}
