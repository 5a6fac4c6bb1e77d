using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts;

/// <summary>A funded gift: a vote for a creator.</summary>
/// <param name="Giver">Who gave, as an ordinal.</param>
/// <param name="Creator">Who got it, as an ordinal.</param>
/// <param name="Amount">Its price, base units.</param>
public readonly record struct GiftVote(int Giver, int Creator, UInt128 Amount);

/// <summary>What one giver's votes for one creator still weigh.</summary>
/// <param name="Creator">Who got them, as an ordinal.</param>
/// <param name="Giver">Who gave them, as an ordinal.</param>
/// <param name="Weight">Σ amount · 2^(−age/halfLife), base units.</param>
public readonly record struct Votes(int Creator, int Giver, UInt128 Weight);

/// <summary>Popularity (reward rules R7): it ranks, it never pays.</summary>
/// <remarks>Rows stand in canonical order of creator, then giver.</remarks>
public sealed class Popularity(Votes[] rows)
{
    /// <summary>The decay factor's fractional bits.</summary>
    private const int FactorBits = 96;

    public static Popularity Empty { get; } = new([]);

    /// <summary>Votes that still weigh something.</summary>
    public ReadOnlySpan<Votes> Rows => rows;

    /// <summary>Lets <paramref name="days"/> pass and adds a window's gifts, in any order.</summary>
    /// <remarks>Each window rounds each weight down once more, so a weight is low by less than one base unit per window.</remarks>
    public Popularity After(uint days, uint halfLifeDays, ReadOnlySpan<GiftVote> gifts, NameTable names)
    {
        UInt128 factor = FixedMath.Decay((UInt128)1 << FactorBits, days, halfLifeDays);
        Votes[] added = Sum(gifts, names);
        List<Votes> after = new(rows.Length + added.Length);
        int at = 0, next = 0;
        while (at < rows.Length || next < added.Length)
        {
            int side = at == rows.Length ? 1 : next == added.Length ? -1 : Compare(rows[at], added[next], names);
            UInt128 weight = side <= 0 ? UInt256.Multiply(rows[at].Weight, factor).ShiftRight(FactorBits).ToUInt128() : 0;
            Votes row = side <= 0 ? rows[at++] : added[next];
            if (side >= 0) weight += added[next++].Weight;
            if (weight > 0) after.Add(row with { Weight = weight });
        }

        return new Popularity([.. after]);
    }

    /// <summary>Σ over givers of isqrt(weight), by creator, in canonical order.</summary>
    public IReadOnlyList<(int Creator, UInt128 Popularity)> ByCreator()
    {
        List<(int Creator, UInt128 Popularity)> sums = [];
        foreach (Votes row in rows)
        {
            if (sums.Count == 0 || sums[^1].Creator != row.Creator) sums.Add((row.Creator, 0));
            sums[^1] = (row.Creator, sums[^1].Popularity + IntegerRoot.Isqrt(row.Weight));
        }

        return sums;
    }

    internal void WriteTo(CanonicalBuffer output, NameTable names)
    {
        output.Int32(rows.Length);
        foreach (Votes row in rows)
        {
            output.Id(names.Bytes(row.Creator));
            output.Id(names.Bytes(row.Giver));
            output.Amount(row.Weight);
        }
    }

    internal static Popularity Read(ref CanonicalReader input, NameTable names)
    {
        Votes[] rows = new Votes[input.Count()];
        for (int i = 0; i < rows.Length; i++) rows[i] = new Votes(names.Intern(input.Id()), names.Intern(input.Id()), input.Amount());
        return new Popularity(rows);
    }

    private static Votes[] Sum(ReadOnlySpan<GiftVote> gifts, NameTable names)
    {
        Votes[] votes = new Votes[gifts.Length];
        for (int i = 0; i < votes.Length; i++) votes[i] = new Votes(gifts[i].Creator, gifts[i].Giver, gifts[i].Amount);
        Array.Sort(votes, (a, b) => Compare(a, b, names));
        int count = 0;
        foreach (Votes vote in votes)
        {
            if (count > 0 && votes[count - 1].Creator == vote.Creator && votes[count - 1].Giver == vote.Giver)
                votes[count - 1] = vote with { Weight = votes[count - 1].Weight + vote.Weight };
            else votes[count++] = vote;
        }

        return votes[..count];
    }

    private static int Compare(Votes a, Votes b, NameTable names) =>
        a.Creator != b.Creator ? names.Compare(a.Creator, b.Creator) : a.Giver == b.Giver ? 0 : names.Compare(a.Giver, b.Giver);
}
