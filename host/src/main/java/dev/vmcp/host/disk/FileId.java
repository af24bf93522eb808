package dev.vmcp.host.disk;

/// Which file it is, whatever its name: device and inode, or the device itself for a block device.
public record FileId(boolean blockDevice, long device, long inode) {

    static FileId file(long device, long inode) {
        return new FileId(false, device, inode);
    }

    static FileId device(long device) {
        return new FileId(true, device, 0);
    }
}
