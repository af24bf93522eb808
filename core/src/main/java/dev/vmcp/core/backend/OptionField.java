package dev.vmcp.core.backend;

/// A map of the contract whose keys mean something to backends.
public enum OptionField {
    CPU_FEATURES("config.cpu.features"),
    MEMORY_BACKING("config.memory.backing"),
    BOOT_OPTIONS("config.boot.boot_options"),
    STORAGE_OPTIONS("config.storage[].options"),
    NETWORK_OPTIONS("config.network[].options");

    private final String wire;

    OptionField(String wire) {
        this.wire = wire;
    }

    /// As the wire spells it; `[]` stands for any index.
    public String wire() {
        return wire;
    }

    /// The path of one key; `index` counts where the field is of a list.
    String path(int index, String key) {
        return at(index) + "[" + key + "]";
    }

    String at(int index) {
        return wire.replace("[]", "[" + index + "]");
    }
}
