package dev.vmcp.core.backend;

/// What the KVM of a host is good for.
public sealed interface HostKvm {

    /// It runs any guest.
    record Full() implements HostKvm {}

    /// `/dev/kvm` opens, but the CPU shows neither vmx nor svm: it runs only guests made for it.
    record Limited() implements HostKvm {}

    /// @param why there is none for us, and what to do about it
    record Absent(String why) implements HostKvm {}
}
