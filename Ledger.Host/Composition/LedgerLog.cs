using Ledger.Core.Rulesets;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Composition;

/// <summary>The log alone, for what needs no fold.</summary>
internal static class LedgerLog
{
    /// <summary>The fault's code when another process has the writer's place.</summary>
    public const string Locked = "log-locked";

    // A cluster's driver has the writer's place for one append, and opens the log for it.
    private static readonly TimeSpan DriverPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes sure that there is a log, for a command that must not start one.</summary>
    /// <exception cref="LogFaultException"><c>log-missing</c>.</exception>
    public static async Task RequireAsync(LogAddress address, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.ReadAsync(address, cancel);
    }

    /// <summary>Opens the log for appending; an empty one is started with the supply's allocation and a first ruleset, the default one when none is given.</summary>
    public static async Task<IEventLog> WriteAsync(LogAddress address, TimeProvider clock, CancellationToken cancel, Ruleset? first = null)
    {
        IEventLog log = await LogStores.WriteAsync(address, cancel);
        try
        {
            await LedgerGenesis.EnsureAsync(log, first ?? Ruleset.Default, clock, cancel);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, after a cluster's driver that has the writer's place for a moment.</summary>
    public static async Task<IEventLog> WriteAfterDriverAsync(LogAddress address, TimeProvider clock, CancellationToken cancel)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await WriteAsync(address, clock, cancel);
            }
            catch (LogFaultException locked) when (locked.Code == Locked && clock.GetElapsedTime(started) < DriverPatience)
            {
                await Task.Delay(TryAgainAfter, cancel);
            }
        }
    }
}
