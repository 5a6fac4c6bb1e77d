using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Core.Kernels;

/// <summary>One kind of activity of the account being judged: what the rules say of it and what was counted so far, together in one cache line.</summary>
internal struct KindState
{
    /// <summary>When the last counted one occurred; meaningless while none was.</summary>
    public long LastMs;

    /// <summary>Least time between counted ones.</summary>
    public ulong MinIntervalMs;

    /// <summary>µpoints of a counted one.</summary>
    public long WeightMicro;

    /// <summary>All ones for a view, the only kind that can be too short.</summary>
    public ulong ViewMask;

    /// <summary>Counted so far.</summary>
    public uint Counted;

    /// <summary>Most that count; without a cap one that nobody reaches.</summary>
    public uint Cap;

    /// <summary>One of it in a creator's counts; zero for a kind that is not counted there.</summary>
    public ulong One;

    /// <summary>Its bit in a pair's entry, in the order of the columns of <see cref="CreatorTally"/>.</summary>
    public int PairBit;

    /// <summary>Every kind of activity by its code, nothing counted.</summary>
    public static KindState[] TableOf(ValidityRules rules)
    {
        KindState[] kinds = new KindState[EventKinds.ActivityCount];
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            kinds[kind] = new KindState
            {
                MinIntervalMs = (ulong)rules.MinIntervalMs[kind],
                WeightMicro = rules.WeightMicro[kind],
                ViewMask = kind == (int)EventKind.Viewed ? ulong.MaxValue : 0,
                Cap = rules.Cap[kind] == 0 ? uint.MaxValue : rules.Cap[kind],
                One = CreatorTally.One(BitOf((EventKind)kind)),
                PairBit = BitOf((EventKind)kind),
            };
        }

        return kinds;
    }

    private static int BitOf(EventKind kind) => kind switch
    {
        EventKind.Viewed => 1 << CreatorTally.Viewers,
        EventKind.Liked => 1 << CreatorTally.Likers,
        EventKind.Commented => 1 << CreatorTally.Commenters,
        EventKind.Tipped or EventKind.GiftSent => 1 << CreatorTally.Tippers,
        EventKind.Shared or EventKind.ShareVisited => 1 << CreatorTally.Sharers,
        EventKind.Followed => 1 << CreatorTally.Followers,
        _ => 0,
    };
}
