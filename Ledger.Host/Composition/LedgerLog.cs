using Ledger.Core.Rulesets;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Composition;

/// <summary>The log alone, for what needs no fold.</summary>
internal static class LedgerLog
{
    /// <summary>Makes sure that there is a log, for a command that must not start one.</summary>
    /// <exception cref="LogFaultException"><c>log-missing</c>.</exception>
    public static async Task RequireAsync(LogAddress address, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.ReadAsync(address, cancel);
    }

    /// <summary>Opens the log for appending; an empty one is started with the supply's allocation and the default ruleset.</summary>
    public static async Task<IEventLog> WriteAsync(LogAddress address, TimeProvider clock, CancellationToken cancel)
    {
        IEventLog log = await LogStores.WriteAsync(address, cancel);
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
