namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Keeps a second process from writing; the operating system lets go of it when the process ends, however it ends.</summary>
internal static class WriterLock
{
    private const string FileName = "log.lock";

    /// <exception cref="LogFaultException"><c>log-locked</c>.</exception>
    public static FileStream Take(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new LogFaultException("log-locked", $"another process writes to the log in {directory}: stop it, or open the log for reading only", e);
        }
    }
}
