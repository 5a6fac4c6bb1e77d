using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Core.Validity;

namespace Ledger.Projections.DayWindows.Live;

/// <summary>What an account's open window comes to if it were sealed at a position. Provisional: what is taken back, refunded or deleted later does not count.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Window">The UTC day.</param>
/// <param name="AsOf">Everything before this position of the log is in it, nothing else.</param>
/// <param name="Activity">How many events of each kind ended how; kinds and verdicts in the order of their codes.</param>
/// <param name="PointsMicro">Points after damping, µpoints.</param>
/// <param name="TeamPointsMicro">Points that count for its team, µpoints.</param>
/// <param name="QuotaMicro">What a member of a team has to reach, µpoints.</param>
public sealed record DaySoFar(
    string Account, Day Window, long AsOf, IReadOnlyList<(EventKind Kind, Verdict Verdict, int Events)> Activity, long PointsMicro, long TeamPointsMicro, long QuotaMicro);

/// <summary>Judges single accounts of an open window as of one position. Asked while the ledger holds still: one judge serves one thread.</summary>
/// <param name="context">The window's facts as of the position.</param>
/// <param name="quotaMicro">The ruleset's quota.</param>
/// <param name="madeAt">When it was made, in the clock's stamps.</param>
internal sealed class ProvisionalJudge(FoldContext context, long quotaMicro, long madeAt)
{
    private readonly AccountJudge _judge = new(context);

    public FoldContext Context => context;

    public long MadeAt => madeAt;

    /// <summary>An account's day.</summary>
    /// <param name="account">The account's ordinal.</param>
    /// <param name="events">What it did before the position, in log order.</param>
    public DaySoFar Of(int account, IReadOnlyList<ShardEvent> events)
    {
        ShardTotals totals = new();
        ShardEvent[] mine = [.. events];
        Verdict[] verdicts = new Verdict[mine.Length];
        _judge.Judge(account, mine, totals, verdicts);
        _judge.Finish(totals);
        SortedDictionary<(EventKind Kind, Verdict Verdict), int> counts = [];
        for (int i = 0; i < mine.Length; i++) counts[(mine[i].Kind, verdicts[i])] = counts.GetValueOrDefault((mine[i].Kind, verdicts[i])) + 1;
        (long points, long teamPoints) = totals.LastPoints ?? (0, 0);
        return new DaySoFar(
            context.Directory.Names.Text(account), context.Window, context.SealedAt,
            [.. counts.Select(count => (count.Key.Kind, count.Key.Verdict, count.Value))], points, teamPoints, quotaMicro);
    }
}
