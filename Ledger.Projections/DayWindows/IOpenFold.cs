using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>A fold that keeps up with open windows while they fill.</summary>
internal interface IOpenFold : IWindowFold
{
    /// <summary>Brings open windows up to a position, and lets go of all others. Not for two callers at once.</summary>
    /// <exception cref="IOException">The disk does not take a snapshot.</exception>
    /// <exception cref="LogFaultException">The log is damaged, or a shard keeps failing.</exception>
    Task FollowAsync(IReadOnlyList<ActivityScope> open, long to, CancellationToken cancel);

    /// <summary>What an account did in an open window before a position; null when that is not known here.</summary>
    Task<IReadOnlyList<ShardEvent>?> ActivityAsync(Day window, int account, long before, CancellationToken cancel);
}
