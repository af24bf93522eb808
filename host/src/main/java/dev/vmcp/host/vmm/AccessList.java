package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A file's POSIX access list as the kernel stores it (acl(5), `linux/posix_acl_xattr.h`).
///
/// Lends and takes back one user's entry and changes nobody else's rights: where a mask would have
/// to be widened over entries of others, nothing is lent.
record AccessList(List<Entry> entries) {

    static final int READ = 4;
    static final int WRITE = 2;

    private static final int VERSION = 2;
    private static final int OWNER = 0x01;
    private static final int USER = 0x02;
    private static final int OWNING_GROUP = 0x04;
    private static final int GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;
    private static final int NOBODY = -1;
    private static final int ENTRY_BYTES = 8;

    record Entry(int tag, int rights, int id) {}

    AccessList {
        entries = List.copyOf(entries);
    }

    /// What permission bits alone mean.
    static AccessList of(Set<PosixFilePermission> mode) {
        return new AccessList(
                List.of(
                        new Entry(OWNER, rights(mode, "OWNER"), NOBODY),
                        new Entry(OWNING_GROUP, rights(mode, "GROUP"), NOBODY),
                        new Entry(OTHER, rights(mode, "OTHERS"), NOBODY)));
    }

    private static int rights(Set<PosixFilePermission> mode, String who) {
        var rights = 0;
        for (var permission : mode) {
            if (permission.name().startsWith(who)) {
                rights |=
                        switch (permission) {
                            case OWNER_READ, GROUP_READ, OTHERS_READ -> READ;
                            case OWNER_WRITE, GROUP_WRITE, OTHERS_WRITE -> WRITE;
                            case OWNER_EXECUTE, GROUP_EXECUTE, OTHERS_EXECUTE -> 1;
                        };
            }
        }
        return rights;
    }

    static AccessList read(byte[] stored) throws IOException {
        var bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        if (stored.length % ENTRY_BYTES != Integer.BYTES || bytes.getInt() != VERSION) {
            throw new IOException("an access list of an unknown form");
        }
        var entries = new ArrayList<Entry>();
        while (bytes.hasRemaining()) {
            entries.add(new Entry(bytes.getShort(), bytes.getShort(), bytes.getInt()));
        }
        return new AccessList(entries);
    }

    byte[] bytes() {
        var bytes = ByteBuffer.allocate(Integer.BYTES + ENTRY_BYTES * entries.size());
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(VERSION);
        entries.stream()
                .sorted(
                        Comparator.comparingInt(Entry::tag)
                                .thenComparing(Entry::id, Integer::compareUnsigned))
                .forEach(entry ->
                        bytes.putShort((short) entry.tag)
                                .putShort((short) entry.rights)
                                .putInt(entry.id));
        return bytes.array();
    }

    /// Whether a user that no entry names, and that is in no group of the file, has these rights.
    boolean letsAnybody(int rights) {
        return (rights(OTHER) & rights) == rights;
    }

    /// With an entry of `uid` that has these rights; empty where the mask keeps them from it.
    Optional<AccessList> with(int uid, int rights) {
        var without = without(uid);
        var more = new ArrayList<>(without.entries);
        more.add(new Entry(USER, rights, uid));
        if (!without.has(MASK)) {
            more.add(new Entry(MASK, without.rights(OWNING_GROUP) | rights, NOBODY));
            return Optional.of(new AccessList(more));
        }
        return (without.rights(MASK) & rights) == rights
                ? Optional.of(new AccessList(more))
                : Optional.empty();
    }

    /// Without an entry of `uid`; permission bits alone where it was the last that named somebody.
    AccessList without(int uid) {
        var left = entries.stream().filter(entry -> entry.tag != USER || entry.id != uid).toList();
        var list = new AccessList(left);
        if (left.size() == entries.size() || list.has(USER) || list.has(GROUP)) {
            return list;
        }
        var group = list.rights(OWNING_GROUP) & (list.has(MASK) ? list.rights(MASK) : 7);
        return new AccessList(
                List.of(
                        new Entry(OWNER, list.rights(OWNER), NOBODY),
                        new Entry(OWNING_GROUP, group, NOBODY),
                        new Entry(OTHER, list.rights(OTHER), NOBODY)));
    }

    private boolean has(int tag) {
        return entries.stream().anyMatch(entry -> entry.tag == tag);
    }

    private int rights(int tag) {
        return entries.stream()
                .filter(entry -> entry.tag == tag)
                .mapToInt(Entry::rights)
                .findFirst()
                .orElse(0);
    }
}
