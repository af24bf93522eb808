package dev.vmcp.host.access;

/// Whom a listener believes.
///
/// @param trustLocal callers over loopback and unix sockets need to show nothing
/// @param open nobody needs to show anything
public record AccessPolicy(boolean trustLocal, boolean open) {}
