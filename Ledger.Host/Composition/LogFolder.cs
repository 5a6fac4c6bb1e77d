using Ledger.Core.Rulesets;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Composition;

/// <summary>The log alone, for what needs no fold.</summary>
internal static class LogFolder
{
    /// <summary>Makes sure that there is a log, for a command that must not start one.</summary>
    /// <exception cref="LogFaultException"><c>log-missing</c>.</exception>
    public static async Task RequireAsync(string dataDirectory, CancellationToken cancel)
    {
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(dataDirectory, cancel);
    }

    /// <summary>Opens the log for appending; an empty one is started with the supply's allocation and the default ruleset.</summary>
    public static async Task<IEventLog> WriteAsync(string dataDirectory, TimeProvider clock, CancellationToken cancel)
    {
        EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(dataDirectory, cancel);
        try
        {
            await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock, cancel);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }
}
