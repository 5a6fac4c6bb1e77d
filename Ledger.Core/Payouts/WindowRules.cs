using Ledger.Core.Contributions;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>The rules of a window's close (reward rules R3, R4, R5, R7 and R9): a pure function from contributions to payouts.</summary>
public static class WindowRules
{
    /// <summary>Version of this code, recorded with every close. It changes when any result would.</summary>
    public const uint CodeVersion = 1;

    /// <summary>Whether a close under this ruleset needs <see cref="WindowInputs.DrawSeed"/>.</summary>
    public static bool NeedsDrawSeed(Ruleset ruleset) => ruleset.Poc.Mode == PrizeMode.Draw;

    /// <summary>Computes a window, on all cores; nothing depends on how many there are.</summary>
    /// <exception cref="ArgumentException"><c>window-order</c>: the state is not of an earlier window.</exception>
    /// <exception cref="InvalidOperationException"><c>draw-seed-missing</c>; or <c>value-not-conserved</c>, a broken invariant.</exception>
    public static WindowResult Compute(WindowInputs inputs)
    {
        PayoutState state = inputs.State;
        if (state.LastWindow is { } last && inputs.Window <= last)
            throw new ArgumentException($"window-order: {inputs.Window} does not follow {last}; windows close in order, once each", nameof(inputs));

        Ruleset ruleset = inputs.Ruleset;
        NameTable names = inputs.Directory.Names;
        CanonicalRows rows = new(inputs.Sheet.Account, names);
        PoolResult pool = PoolRule.Compute(ruleset.Pool, inputs.Sheet.Metrics, state.References, state.Elasticity, inputs.Fund, inputs.TopUps);
        PoaResult poa = null!;
        PocResult poc = null!;
        Digest sheet = default, before = default;
        AllCores.Run(
            () => poa = PoaRule.Compute(ruleset.Poa, inputs.Sheet, inputs.Roster, rows, pool.PoaPool),
            () => poc = PocRule.Compute(ruleset.Poc, inputs.Sheet, rows, state.Creators, inputs.Window, pool.PocPool, inputs.DrawSeed),
            () => sheet = SheetDigest.Of(inputs.Sheet, names),
            () => before = state.DigestOf(names));
        RewardStatement statement = RewardStatement.Of(inputs.Window, new StatementSource(ruleset.Hash, sheet, before), poa, poc, rows);
        RequireConserved(pool, poa, poc, statement);

        (int[] account, UInt128[] amount) = statement.Earnings();
        int days = state.LastWindow is { } previous ? inputs.Window - previous : 0;
        Payees payees = null!;
        Popularity popularity = null!;
        AllCores.Run(
            () => payees = state.Payees.After(account, amount, a => inputs.Directory.WalletOf(a, inputs.SealedAt), rows),
            () => _ = statement.Digest,
            () => popularity = state.Popularity.After((uint)days, ruleset.Popularity.HalfLifeDays, [.. inputs.Gifts], names));
        return new WindowResult
        {
            FundBefore = inputs.Fund,
            TopUps = inputs.TopUps,
            Pool = pool,
            Poa = poa,
            Poc = poc,
            Statement = statement,
            Next = new PayoutState
            {
                LastWindow = inputs.Window,
                References = pool.NextReferences,
                Elasticity = pool.Elasticity,
                Creators = poc.Standings,
                Popularity = popularity,
                Payees = payees,
            },
        };
    }

    /// <summary>Checked in release too: a rule that pays more than its pool must stop the ledger, not empty the fund.</summary>
    private static void RequireConserved(PoolResult pool, PoaResult poa, PocResult poc, RewardStatement statement)
    {
        bool conserved = poa.Total <= pool.PoaPool && poc.Total <= pool.PocPool && poa.Total + poc.Total == statement.Total;
        if (!conserved)
            throw new InvalidOperationException($"value-not-conserved: pools {pool.PoaPool} and {pool.PocPool}, paid {poa.Total} and {poc.Total}, stated {statement.Total}");
    }
}
