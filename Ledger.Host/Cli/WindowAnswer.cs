using Ledger.Core.Events;
using Ledger.Core.Quantities;
using Ledger.Core.Validity;

namespace Ledger.Host.Cli;

/// <summary>A closed window as JSON: every number that its closing event records, ratios as decimals.</summary>
internal static class WindowAnswer
{
    public static object Of(WindowSummary closed) => new
    {
        closed.Facts.Window,
        facts = Facts(closed.Facts),
        closed.RewardRoot,
        closed.StatementDigest,
        closed.Lines,
        closed.Accounts,
        closed.Teams,
        closed.TeamsFailed,
        closed.TeamsUnpaid,
    };

    /// <summary>Every number of a closing event.</summary>
    public static object Facts(WindowClosed facts) => new
    {
        facts.SealedAt,
        facts.LogRoot,
        facts.RulesetHash,
        facts.RuleCodeVersion,
        verdicts = Enumerable.Range(0, Verdicts.Count).ToDictionary(Verdicts.Code, i => facts.Verdicts[i], StringComparer.Ordinal),
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

    private static Dictionary<string, T> Series<T>(ulong[] values, Func<ulong, T> read) =>
        WindowClosed.MetricNames.Select((name, i) => (name, value: read(values[i]))).ToDictionary(p => p.name, p => p.value, StringComparer.Ordinal);
}
