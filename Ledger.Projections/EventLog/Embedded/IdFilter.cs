using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Which ids a run cannot hold: a Bloom filter whose eight bits per id lie in one block of four words, two in each.</summary>
/// <remarks>Sixteen bits per id: about one unknown id in five hundred passes, and each that passes costs a page of the run.</remarks>
internal sealed class IdFilter
{
    private const int BlockWords = 4;
    private const int IdsPerBlock = 16;

    private readonly ArraySegment<ulong> _words; // no block lies in two cache lines: a look would wait for both

    /// <summary>A filter of words that were those of another, in memory of its own.</summary>
    public IdFilter(ArraySegment<ulong> words) => _words = words;

    private IdFilter(int words)
    {
        _words = LargePages.Allocate<ulong>(words);
        _words.AsSpan().Clear();
    }

    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>An empty filter for a number of ids.</summary>
    public static IdFilter For(long ids) => new((int)((ids / IdsPerBlock) + 1) * BlockWords);

    /// <summary>The bits that are set for a hash in its block of any filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Bits(ulong hash) => Vector256.Create(Pair(hash), Pair(hash >> 12), Pair(hash >> 24), Pair(hash >> 36));

    public void Add(ulong hash)
    {
        ref Vector256<ulong> block = ref Block(hash);
        block |= Bits(hash);
    }

    /// <summary>False when no id of this hash was added.</summary>
    public bool MayHold(ulong hash) => Holds(hash, Bits(hash));

    /// <summary>Marks those of many hashes that <see cref="MayHold"/>; others stay as they are. Nothing waits for what a look brings, so the looks overlap.</summary>
    /// <param name="hashes">The hashes.</param>
    /// <param name="bits"><see cref="Bits"/> of each.</param>
    /// <param name="marks">One for each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mark(ReadOnlySpan<ulong> hashes, ReadOnlySpan<Vector256<ulong>> bits, Span<bool> marks)
    {
        for (int i = 0; i < hashes.Length && i < bits.Length && i < marks.Length; i++) marks[i] |= Holds(hashes[i], bits[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Holds(ulong hash, Vector256<ulong> bits) => Vector256.AndNot(bits, Block(hash)) == Vector256<ulong>.Zero;

    // By the hash's high bits, of which the choice of bits uses none that matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Vector256<ulong> Block(ulong hash)
    {
        Span<Vector256<ulong>> blocks = MemoryMarshal.Cast<ulong, Vector256<ulong>>(_words.AsSpan());
        return ref blocks[(int)Math.BigMul(hash, (ulong)blocks.Length, out _)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(ulong bits) => (1UL << (int)(bits & 63)) | (1UL << (int)((bits >> 6) & 63));
}
