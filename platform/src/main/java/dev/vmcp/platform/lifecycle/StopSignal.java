package dev.vmcp.platform.lifecycle;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The wish that this process ends: SIGTERM, SIGINT or SIGHUP. The second one ends it at once, with
/// 128 + the signal's number; after the first the program itself chooses its exit status.
public final class StopSignal {
    private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final AtomicBoolean wished = new AtomicBoolean();

    private StopSignal() {}

    /// Takes the signals over from the JVM, for the life of the process. A signal that whoever
    /// started us has told to be ignored (`nohup`) stays ignored.
    public static StopSignal install() {
        var signal = new StopSignal();
        SIGNALS.forEach(signal::handle);
        return signal;
    }

    /// Waits for the first signal and returns its name, such as `SIGTERM`; at once if it was sent.
    public String await() throws InterruptedException {
        try {
            return first.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void received(String name, int number) {
        if (wished.compareAndSet(false, true)) {
            first.complete("SIG" + name);
        } else {
            Runtime.getRuntime().halt(128 + number);
        }
    }

    /// By reflection: javac warns of `sun.misc.Signal`, and the JDK has nothing in its place. A
    /// shutdown hook will not do: the JVM then exits with 143 and ignores a second signal.
    private void handle(String name) {
        try {
            var signals = Class.forName("sun.misc.Signal");
            var handlers = Class.forName("sun.misc.SignalHandler");
            var signal = signals.getConstructor(String.class).newInstance(name);
            var number = (int) signals.getMethod("getNumber").invoke(signal);
            Runnable received = () -> received(name, number);
            var run =
                    MethodHandles.lookup().bind(received, "run", MethodType.methodType(void.class));
            var handler =
                    MethodHandleProxies.asInterfaceInstance(
                            handlers, MethodHandles.dropArguments(run, 0, signals));
            var handle = signals.getMethod("handle", signals, handlers);
            var before = handle.invoke(null, signal, handler);
            var ignored = handlers.getField("SIG_IGN").get(null);
            if (ignored.equals(before)) {
                handle.invoke(null, signal, ignored);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signal: " + name + " (expected: can be handled)", e);
        }
    }
}
