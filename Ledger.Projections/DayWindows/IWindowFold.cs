using Ledger.Core.Contributions;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Makes a window's sheet out of the log. The result depends on the log and the context alone, never on where and how it was made.</summary>
public interface IWindowFold
{
    /// <summary>Folds everything of the window between the position where it opened and its seal.</summary>
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="progress">Told the share of the work done, in thousandths.</param>
    /// <param name="cancel">Stops the fold; nothing is left behind.</param>
    /// <exception cref="LogFaultException">The log is damaged, or the fold failed again and again.</exception>
    Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default);

    /// <summary>What a sealed window's fold would wait for: a ledger that answers questions looks first and does not wait with it.</summary>
    /// <param name="window">The UTC day.</param>
    /// <param name="sealedAt">Position of its seal.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Null when nothing is waited for.</returns>
    Task<Gathering?> GatheringAsync(Day window, long sealedAt, CancellationToken cancel = default) => Task.FromResult<Gathering?>(null);
}
