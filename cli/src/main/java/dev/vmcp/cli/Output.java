package dev.vmcp.cli;

/// For whom a command prints.
enum Output {
    /// People.
    TABLE,
    /// Programs: the API's own messages as JSON.
    JSON,
    /// Shell loops: one id per line.
    NAME
}
