package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What this host did not let a driver do, in words that say more than a path.
public final class HostFault {

    private HostFault() {}

    public static DriverException of(Exception cause) {
        return new DriverException(Kind.HOST, words(cause), cause);
    }

    /// @param what we were about to do
    public static DriverException of(String what, Exception cause) {
        return new DriverException(Kind.HOST, what + ": " + words(cause), cause);
    }

    private static String words(Exception cause) {
        return switch (cause) {
            case NoSuchFileException gone -> gone.getFile() + " does not exist";
            case AccessDeniedException closed -> closed.getFile() + " may not be opened";
            default -> String.valueOf(cause.getMessage());
        };
    }
}
