package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.NetworkInterface;
import dev.vmcp.api.vmm.v1.StorageDevice;

/// Disks and network interfaces as one flag each, their parts split by commas.
final class DeviceFlags {
    private DeviceFlags() {}

    /// Reads `FILE[,ro][,root][,format=F][,id=I][,interface=T][,KEY=VALUE]`.
    static StorageDevice disk(String flag) {
        var parts = flag.split(",", -1);
        if (parts[0].isEmpty() || parts[0].contains("=")) {
            throw wrong("--disk", flag, "FILE[,ro][,root][,format=F][,KEY=VALUE]");
        }
        var disk = StorageDevice.newBuilder().setPath(VmFlags.absolute(parts[0]));
        for (var i = 1; i < parts.length; i++) {
            switch (parts[i]) {
                case "ro" -> disk.setReadOnly(true);
                case "root" -> disk.setIsRootDevice(true);
                case String pair -> put(disk, pair, flag);
            }
        }
        return disk.build();
    }

    private static void put(StorageDevice.Builder disk, String pair, String flag) {
        var equals = pair.indexOf('=');
        if (equals <= 0) {
            throw wrong("--disk", flag, "ro, root or KEY=VALUE where '" + pair + "' stands");
        }
        var value = pair.substring(equals + 1);
        switch (pair.substring(0, equals)) {
            case "id" -> disk.setId(value);
            case "interface" -> disk.setInterfaceType(value);
            case String key -> disk.putOptions(key, value);
        }
    }

    /// Reads `tap=T[,mac=M][,id=I][,type=T][,KEY=VALUE]`.
    ///
    /// @param index names the interface that has no id: `eth0`, `eth1` …
    static NetworkInterface net(String flag, int index) {
        var net = NetworkInterface.newBuilder().setId("eth" + index);
        for (var pair : flag.split(",", -1)) {
            var equals = pair.indexOf('=');
            if (equals <= 0) {
                throw wrong("--net", flag, "tap=T[,mac=M][,id=I][,type=T][,KEY=VALUE]");
            }
            var value = pair.substring(equals + 1);
            switch (pair.substring(0, equals)) {
                case "tap" -> net.setTapDevice(value);
                case "mac" -> net.setMacAddress(value);
                case "id" -> net.setId(value);
                case "type" -> net.setInterfaceType(value);
                case String key -> net.putOptions(key, value);
            }
        }
        if (net.getTapDevice().isEmpty()) {
            throw wrong("--net", flag, "tap=T among its parts");
        }
        return net.build();
    }

    private static UsageException wrong(String option, String flag, String expected) {
        return new UsageException(option + ": '" + flag + "' (expected: " + expected + ")");
    }
}
