using System.Buffers;
using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>Everything a window's rules take over from the windows before it. Immutable; a close makes the next one.</summary>
/// <remarks>
/// Canonical bytes, little-endian, with names instead of ordinals, so a snapshot serves any process:
/// <code>
/// layout (1), last window (4; −1 before the first), elasticity (8), references (12 × 8; only when last window ≥ 0),
/// creators:   count (4), each id, level (4), idle (4), trailing (8), history count (4), each window (4), category (2 + text), posts (4)
/// popularity: count (4), each creator id, giver id, weight (16)
/// unlinked:   count (4), each id, cumulative (16)
/// wallets:    count (4), each wallet (20), cumulative (16)
/// </code>
/// </remarks>
public sealed class PayoutState
{
    private const byte Layout = 1;

    private StrongBox<Digest>? _digest;

    /// <summary>The window this is the state after; null before the first.</summary>
    public Day? LastWindow { get; init; }

    /// <summary>Moving averages of the metrics, Q32; null before the first window.</summary>
    public ulong[]? References { get; init; }

    /// <summary>E of the last window; 1 before the first.</summary>
    public Q32 Elasticity { get; init; } = Q32.One;

    public CreatorBook Creators { get; init; } = CreatorBook.Empty;

    public Popularity Popularity { get; init; } = Popularity.Empty;

    public Payees Payees { get; init; } = Payees.Empty;

    /// <summary>The state before the first window.</summary>
    public static PayoutState Initial { get; } = new();

    /// <summary>SHA-256 over the canonical bytes: what a close records of the state behind it and the next statement of the state it starts from. Computed once.</summary>
    /// <param name="names">The names that the state's ordinals are of.</param>
    public Digest DigestOf(NameTable names) => (_digest ??= new StrongBox<Digest>(Write(null, names))).Value;

    /// <summary>Appends the canonical bytes to <paramref name="output"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output, NameTable names) => Write(output, names);

    /// <summary>Reads a snapshot back; names that are new get their ordinals.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c> or <c>payout-state-layout</c>.</exception>
    public static PayoutState Read(ReadOnlySpan<byte> bytes, NameTable names)
    {
        CanonicalReader input = new(bytes);
        byte layout = input.Byte();
        if (layout != Layout) throw new FormatException($"payout-state-layout: layout {layout}; this build reads {Layout}; replay the log instead");
        int last = input.Int32();
        Q32 elasticity = Q32.FromRaw(input.UInt64());
        ulong[]? references = last < 0 ? null : new ulong[WindowClosed.MetricNames.Count];
        for (int i = 0; i < references?.Length; i++) references[i] = input.UInt64();
        PayoutState state = new()
        {
            LastWindow = last < 0 ? null : Day.FromNumber(last),
            References = references,
            Elasticity = elasticity,
            Creators = CreatorBook.Read(ref input, names),
            Popularity = Popularity.Read(ref input, names),
            Payees = Payees.Read(ref input, names),
        };
        return input.AtEnd ? state : throw CanonicalReader.Damaged();
    }

    private Digest Write(IBufferWriter<byte>? keep, NameTable names)
    {
        using CanonicalBuffer output = new(keep);
        output.Byte(Layout);
        output.Int32(LastWindow?.Number ?? -1);
        output.UInt64(Elasticity.Raw);
        foreach (ulong reference in References ?? []) output.UInt64(reference);
        Creators.WriteTo(output, names);
        Popularity.WriteTo(output, names);
        Payees.WriteTo(output, names);
        return output.Finish();
    }
}
