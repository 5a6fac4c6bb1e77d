namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The faults of damaged or failing log files, worded for the person who has to act.</summary>
internal static class LogFaults
{
    private const string Restore = "restore the log from a copy; nothing from this position on is served";

    public static LogFaultException Checksum(long position, string found, Exception? cause = null) =>
        new("block-checksum", $"the block at position {position} is damaged: {found}; {Restore}", cause);

    public static LogFaultException Chain(long position, string found) =>
        new("block-chain", $"the block at position {position} does not follow the one before: {found}; {Restore}");

    public static LogFaultException Missing(long position, string found) =>
        new("block-missing", $"the block at position {position} is missing: {found}; {Restore}");

    public static LogFaultException File(string path, Exception cause) =>
        new("file-damaged", $"{path} cannot be read as a log: {cause.Message}; restore it from a copy", cause);

    public static LogFaultException Disk(Exception cause) =>
        new("disk-failed", $"writing failed: {cause.Message}; nothing more is accepted: free or repair the disk, then open the log again", cause);
}
