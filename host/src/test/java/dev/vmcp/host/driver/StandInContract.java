package dev.vmcp.host.driver;

/// [DriverContract] on a stand-in, with what only a stand-in can be told to do.
public abstract class StandInContract extends DriverContract implements MoodCases {}
