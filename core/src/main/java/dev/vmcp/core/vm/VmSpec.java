package dev.vmcp.core.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was asked for, exactly as it was asked: defaults are applied by readers of the spec, never
/// written into it, so that a repeated create compares equal and an info returns what was sent.
///
/// Strings are empty and numbers 0 where the caller said nothing.
public record VmSpec(
        Cpu cpu,
        Memory memory,
        Boot boot,
        List<Disk> disks,
        List<Nic> nics,
        Console console,
        Map<String, String> metadata) {

    public VmSpec {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        metadata = Map.copyOf(metadata);
    }

    /// @param max 0 = count
    public record Cpu(
            int count, int max, Optional<Topology> topology, Map<String, String> features) {
        public Cpu {
            features = Map.copyOf(features);
        }

        /// The most that the guest may have while it runs.
        public int most() {
            return Math.max(count, max);
        }
    }

    public record Topology(int sockets, int coresPerSocket, int threadsPerCore) {}

    /// Sizes in bytes.
    public record Memory(long bytes, boolean hotplug, long maxBytes, Map<String, String> backing) {
        public Memory {
            backing = Map.copyOf(backing);
        }
    }

    public record Boot(String kernel, String initrd, String args, Map<String, String> options) {
        public Boot {
            options = Map.copyOf(options);
        }
    }

    public record Disk(
            String id,
            String path,
            boolean readOnly,
            boolean root,
            String interfaceType,
            Map<String, String> options) {
        public Disk {
            options = Map.copyOf(options);
        }

        /// The same with its data elsewhere.
        public Disk at(String other) {
            return new Disk(id, other, readOnly, root, interfaceType, options);
        }

        /// The same as the device that the guest runs from.
        Disk asRoot() {
            return new Disk(id, path, readOnly, true, interfaceType, options);
        }
    }

    public record Nic(
            String id, String mac, String tap, String interfaceType, Map<String, String> options) {
        public Nic {
            options = Map.copyOf(options);
        }
    }

    public record Console(boolean enabled, String output, String input, String type) {}
}
