namespace Ledger.Projections.EventLog;

/// <summary>The log cannot be trusted or cannot go on: damage, a failed write, a newer format.</summary>
/// <remarks>After one of these nothing behind the damage is served and nothing more is acknowledged.</remarks>
public sealed class LogFaultException : Exception
{
    public LogFaultException()
        : this("log-fault", "the log cannot go on")
    {
    }

    public LogFaultException(string message)
        : this("log-fault", message)
    {
    }

    public LogFaultException(string message, Exception innerException)
        : this("log-fault", message, innerException)
    {
    }

    /// <param name="code">Stable, kebab-case, e.g. <c>block-checksum</c>, <c>block-chain</c>, <c>disk-failed</c>.</param>
    /// <param name="message">What was found, where, and what to do.</param>
    /// <param name="innerException">The cause, if another part reported it.</param>
    public LogFaultException(string code, string message, Exception? innerException = null)
        : base($"{code}: {message}", innerException) => Code = code;

    /// <summary>Stable code.</summary>
    public string Code { get; }
}
