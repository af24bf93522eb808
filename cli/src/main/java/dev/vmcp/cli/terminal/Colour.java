package dev.vmcp.cli.terminal;

/// How a word is set off on a terminal.
public enum Colour {
    PLAIN(""),
    BOLD("\033[1m"),
    GREEN("\033[32m"),
    YELLOW("\033[33m"),
    RED("\033[31m"),
    GREY("\033[90m");

    private static final String END = "\033[0m";

    private final String start;

    Colour(String start) {
        this.start = start;
    }

    /// `text` in this colour if `on`, else as it is.
    public String paint(String text, boolean on) {
        return on && this != PLAIN ? start + text + END : text;
    }

    /// The colour in which the name of a state or a phase is shown.
    public static Colour ofState(String state) {
        return switch (state) {
            case "running", "Running" -> GREEN;
            case "paused", "Paused", "Booting", "Stopping", "Deleting" -> YELLOW;
            case "Failed" -> RED;
            case "shutdown", "Stopped", "Deleted" -> GREY;
            default -> PLAIN;
        };
    }
}
