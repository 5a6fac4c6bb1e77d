using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Tests.Payouts;

/// <summary>The modes a window can be paid under.</summary>
public static class Variants
{
    public static Ruleset Of(byte choice)
    {
        Ruleset r = Ruleset.Default;
        return r with
        {
            Poa = r.Poa with
            {
                Mode = choice % 2 == 0 ? PoaMode.Strict : PoaMode.Graded,
                Split = choice / 2 % 2 == 0 ? PoaSplit.Equal : PoaSplit.Activity,
                Theta = Q32.FromRatio((UInt128)(choice / 4 % 4), 4),
            },
            Poc = r.Poc with
            {
                Mode = (PrizeMode)(choice % 3),
                GroupSize = 2u + (choice / 16u % 3u),
                ScoreCapMicro = choice / 64 % 2 == 0 ? null : 50_000_000,
            },
        };
    }
}
