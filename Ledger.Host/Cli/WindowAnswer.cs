using Ledger.Core.Events;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>A closed window as JSON: every number that its closing event records, ratios as decimals.</summary>
internal static class WindowAnswer
{
    public static object Of(ClosedWindow closed) => new
    {
        Facts = Of(closed.Facts),
        closed.RewardRoot,
        statement = new { digest = closed.Result.Statement.Digest, lines = closed.Result.Statement.Count, accounts = closed.Result.Statement.AccountCount, total = closed.Result.Statement.Total },
        teams = Teams(closed.Result.Poa),
    };

    public static object Of(WindowClosed facts) => new
    {
        facts.Window,
        facts.SealedAt,
        facts.LogRoot,
        facts.RulesetHash,
        facts.RuleCodeVersion,
        verdicts = Enumerable.Range(0, Verdicts.Count).ToDictionary(Verdicts.Code, i => facts.Verdicts[i]),
        metrics = Series(facts.Metrics, m => m),
        references = Series(facts.References, Q32.FromRaw),
        index = Q32.FromRaw(facts.Index),
        elasticity = Q32.FromRaw(facts.Elasticity),
        facts.FundBefore,
        facts.TopUps,
        facts.Pool,
        facts.PoaPool,
        facts.PocPool,
        facts.PoaPaid,
        facts.PocPaid,
        facts.Returned,
        facts.SheetDigest,
        facts.JournalDigest,
        facts.StateDigest,
    };

    /// <summary>Teams of two and more that were paid something, and those that were paid nothing.</summary>
    public static TeamCounts Teams(PoaResult poa)
    {
        int paid = 0, failed = 0;
        for (int row = 0; row < poa.Head.Length; row++)
        {
            if (poa.Team[row] < 0) continue;
            if (poa.Paid[row] > 0) paid++;
            else failed++;
        }

        return new TeamCounts(paid, failed);
    }

    private static Dictionary<string, T> Series<T>(ulong[] values, Func<ulong, T> as_) =>
        WindowClosed.MetricNames.Select((name, i) => (name, as_(values[i]))).ToDictionary(p => p.name, p => p.Item2, StringComparer.Ordinal);
}

/// <summary>How teams ended.</summary>
internal readonly record struct TeamCounts(int Paid, int Failed);
