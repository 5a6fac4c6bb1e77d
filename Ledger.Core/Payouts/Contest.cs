using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>One window's contests: each hands a group's pool to its members.</summary>
internal sealed class Contest(PocRules rules, Day window, Digest? drawSeed)
{
    /// <summary>
    /// The part of the pool that rank does not decide goes equally to all; the spread by the odds, to the best, or to the one drawn.
    /// Every division is by largest remainder in id order, so the prizes sum to the pool.
    /// </summary>
    internal PocGroup Run(PocEntrant[] entrants, ReadOnlySpan<int> members, int group, UInt128 pool)
    {
        int size = members.Length;
        UInt128 spread = rules.Spread.Of(TokenAmount.FromBaseUnits(pool)).BaseUnits;
        UInt128[] equal = new UInt128[size];
        Array.Fill(equal, (UInt128)1);
        UInt128[] odds = new UInt128[size];
        UInt128 sum = 0;
        long best = 0;
        for (int i = 0; i < size; i++)
        {
            long score = entrants[members[i]].ScoreMicro;
            best = Math.Max(best, score);
            // (score + s₀) doubled, because s₀ is half the quota: no half is lost.
            odds[i] = (2 * (UInt128)Math.Min(score, rules.ScoreCapMicro ?? long.MaxValue)) + (UInt128)rules.CreatorQuotaMicro;
            sum += odds[i];
        }

        int drawn = rules.Mode == PrizeMode.Draw ? Draw(odds, sum, group) : -1;
        UInt128[] winners = new UInt128[size];
        for (int i = 0; i < size; i++)
        {
            bool first = drawn < 0 ? entrants[members[i]].ScoreMicro == best : i == drawn;
            winners[i] = first ? 1u : 0u;
        }

        UInt128[] sure = new UInt128[size];
        UInt128[] won = new UInt128[size];
        Apportionment.LargestRemainder(pool - spread, equal, sure);
        Apportionment.LargestRemainder(spread, rules.Mode == PrizeMode.Expected ? odds : winners, won);
        for (int i = 0; i < size; i++)
        {
            ref PocEntrant entrant = ref entrants[members[i]];
            entrant = entrant with
            {
                Group = group,
                Chance = Q32.FromRatio(odds[i], sum),
                Prize = sure[i] + won[i],
                // Nobody rises over nobody.
                Won = size > 1 && winners[i] > 0 && entrant.ScoreMicro > 0,
            };
        }

        return new PocGroup(entrants[members[0]].Level, size, pool, spread);
    }

    /// <summary>SHA-256(seed, window, group) as a number of 128 bits below 1 picks the member; off from the odds by less than 2⁻⁵⁷.</summary>
    private int Draw(UInt128[] odds, UInt128 sum, int group)
    {
        if (drawSeed is not { } seed)
            throw new InvalidOperationException("draw-seed-missing: the ruleset draws prizes; close the window when its seed is known");
        Span<byte> message = stackalloc byte[Digest.SizeBytes + 8];
        seed.WriteTo(message);
        BinaryPrimitives.WriteInt32LittleEndian(message[Digest.SizeBytes..], window.Number);
        BinaryPrimitives.WriteInt32LittleEndian(message[(Digest.SizeBytes + 4)..], group);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, hash);
        UInt128 ticket = UInt256.Multiply(BinaryPrimitives.ReadUInt128BigEndian(hash), sum).Hi;
        int drawn = 0;
        while (ticket >= odds[drawn]) ticket -= odds[drawn++];
        return drawn;
    }
}
