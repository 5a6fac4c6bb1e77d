using Ledger.Core.Contributions;
using Ledger.Projections.DayWindows;

namespace Ledger.Tests.DayWindows.Live;

/// <summary>Counts how often another fold was asked.</summary>
internal sealed class CountingFold(IWindowFold fold) : IWindowFold
{
    public int Folds { get; private set; }

    public Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        Folds++;
        return fold.FoldAsync(context, progress, cancel);
    }
}
