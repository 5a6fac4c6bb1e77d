using System.Collections.Concurrent;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Judges of one window, as many as are at work at once: each has tables over everyone, which are not made anew for every shard.</summary>
internal sealed class JudgePool(FoldContext context)
{
    private readonly ConcurrentBag<AccountJudge> _idle = [];

    /// <summary>A judge that nobody else uses until it is given back.</summary>
    public AccountJudge Rent() => _idle.TryTake(out AccountJudge? judge) ? judge : new AccountJudge(context);

    /// <summary>Takes a judge back that has finished its shard.</summary>
    public void Return(AccountJudge judge) => _idle.Add(judge);
}
