using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Folds some of a sealed window's parts. The result depends on the log and the context alone.</summary>
public interface IPartFold
{
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="parts">Which parts.</param>
    /// <param name="cancel">Stops the fold; nothing is left behind.</param>
    /// <returns>Each part by its number.</returns>
    /// <exception cref="LogFaultException">The log is damaged, or the fold failed again and again.</exception>
    Task<IReadOnlyDictionary<int, SheetMerge>> FoldPartsAsync(FoldContext context, WindowParts parts, CancellationToken cancel = default);
}
