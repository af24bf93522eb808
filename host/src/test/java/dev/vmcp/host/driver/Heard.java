package dev.vmcp.host.driver;

import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.SerialPort;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A reaction that remembers.
public final class Heard implements Reaction {

    private final List<String> words = new CopyOnWriteArrayList<>();
    private final Consumer<SerialPort> ports;

    public Heard() {
        this(_ -> {});
    }

    /// @param ports told of each place of the console
    public Heard(Consumer<SerialPort> ports) {
        this.ports = ports;
    }

    @Override
    public void guestPoweredOff() {
        words.add("powered off");
    }

    @Override
    public void guestRestarted() {
        words.add("restarted");
    }

    @Override
    public void guestCrashed(String how) {
        words.add("crashed");
    }

    @Override
    public void serialAt(SerialPort port) {
        ports.accept(port);
    }

    @Override
    public void connectionLost(String why) {
        words.add("lost");
    }

    /// Everything so far: `powered off`, `restarted`, `crashed`, `lost`.
    public List<String> words() {
        return List.copyOf(words);
    }

    public void await(String word) throws Exception {
        Eventually.holds(word + ", heard " + words, () -> words.contains(word));
    }
}
