using System.Runtime.CompilerServices;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Which ids a run cannot hold: a Bloom filter whose eight bits per id lie in one block of four words, two in each.</summary>
/// <remarks>Sixteen bits per id: about one unknown id in five hundred passes, and each that passes costs a page of the run.</remarks>
internal sealed class IdFilter(ulong[] words)
{
    private const int BlockWords = 4;
    private const int IdsPerBlock = 16;

    public ReadOnlySpan<ulong> Words => words;

    /// <summary>An empty filter for a number of ids.</summary>
    public static IdFilter For(long ids) => new(new ulong[((ids / IdsPerBlock) + 1) * BlockWords]);

    public void Add(ulong hash)
    {
        Span<ulong> block = words.AsSpan(Block(hash), BlockWords);
        block[0] |= Pair(hash);
        block[1] |= Pair(hash >> 12);
        block[2] |= Pair(hash >> 24);
        block[3] |= Pair(hash >> 36);
    }

    /// <summary>Reads what <see cref="MayHold"/> will need; the result means nothing.</summary>
    public ulong Touch(ulong hash) => words[Block(hash)];

    /// <summary>False when no id of this hash was added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHold(ulong hash)
    {
        ReadOnlySpan<ulong> block = words.AsSpan(Block(hash), BlockWords);
        ulong missing = (Pair(hash) & ~block[0]) | (Pair(hash >> 12) & ~block[1]) | (Pair(hash >> 24) & ~block[2]) | (Pair(hash >> 36) & ~block[3]);
        return missing == 0;
    }

    // By the hash's high bits, of which the choice of bits uses none that matter.
    private int Block(ulong hash) => (int)Math.BigMul(hash, (ulong)(words.Length / BlockWords), out _) * BlockWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(ulong bits) => (1UL << (int)(bits & 63)) | (1UL << (int)((bits >> 6) & 63));
}
