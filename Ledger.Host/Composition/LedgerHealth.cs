using Ledger.Projections.EventLog;

namespace Ledger.Host.Composition;

/// <summary>Whether the ledger can go on. A log that failed once is not trusted again before it was opened anew.</summary>
internal sealed class LedgerHealth
{
    private readonly TaskCompletionSource<LogFaultException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first fault of the log.</summary>
    public Task<LogFaultException> Failed => _failed.Task;

    /// <summary>The first fault of the log, or null.</summary>
    public LogFaultException? Fault => _failed.Task.IsCompletedSuccessfully ? _failed.Task.Result : null;

    /// <summary>Tells that the log failed.</summary>
    public void Fail(LogFaultException fault) => _failed.TrySetResult(fault);
}
