package dev.vmcp.host.console;

/// What a console may take of the disk.
///
/// @param segmentBytes size of one file of kept output
/// @param segments how many of them are kept; the oldest goes first
/// @param copyBytes size at which the copy is renamed to `<name>.1` and begun anew
public record ConsoleLimits(int segmentBytes, int segments, long copyBytes) {

    /// 4 MiB kept per VM, copies of 10 MiB.
    public static final ConsoleLimits USUAL = new ConsoleLimits(1 << 20, 4, 10L << 20);

    /// The usual ones, but for how much is kept per VM.
    public static ConsoleLimits keeping(int bytes) {
        return new ConsoleLimits(bytes / USUAL.segments, USUAL.segments, USUAL.copyBytes);
    }

    public ConsoleLimits {
        if (segmentBytes < 1 || segments < 2 || copyBytes < 1) {
            throw new IllegalArgumentException(
                    "limits: %d, %d, %d (expected: at least 1, 2, 1)"
                            .formatted(segmentBytes, segments, copyBytes));
        }
    }
}
