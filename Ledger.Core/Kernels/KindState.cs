using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Core.Kernels;

/// <summary>One kind of activity of the account being judged: what the rules say of it and what was counted so far, together in one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct KindState
{
    /// <summary>When the last counted one occurred; <see cref="Never"/> while none was.</summary>
    public long LastMs;

    /// <summary>Least time between counted ones, at most a day.</summary>
    public int IntervalMs;

    /// <summary>µpoints of a counted one.</summary>
    public long WeightMicro;

    /// <summary>Counted so far.</summary>
    public uint Counted;

    /// <summary>Most that count; without a cap one that nobody reaches.</summary>
    public uint Cap;

    /// <summary>One of it in a creator's counts; zero for a kind that is not counted there.</summary>
    public ulong One;

    /// <summary>Its bit in a pair's entry, in the order of the columns of <see cref="CreatorTally"/>.</summary>
    public int PairBit;

    /// <summary>Farther from any time than any interval is long.</summary>
    public const long Never = long.MinValue / 4;

    /// <summary>Whether less than the least time has passed since the last counted one, or is still to pass until it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsTooFast(long atMs) => Math.Abs(atMs - LastMs) < IntervalMs;

    /// <summary><see cref="One"/> for a pair that had none of it among its kinds, otherwise zero.</summary>
    /// <remarks>No branch.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong NewTo(int kinds) => unchecked(One & (0 - (ulong)((uint)((kinds & PairBit) - 1) >> 31)));

    /// <summary>Every kind of activity by its code, nothing counted.</summary>
    public static KindState[] TableOf(ValidityRules rules)
    {
        KindState[] kinds = new KindState[EventKinds.ActivityCount];
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            kinds[kind] = new KindState
            {
                LastMs = Never,
                IntervalMs = checked((int)rules.MinIntervalMs[kind]),
                WeightMicro = rules.WeightMicro[kind],
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
