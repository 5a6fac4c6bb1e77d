using System.Numerics;

namespace Ledger.Core.Merkle;

/// <summary>
/// What a log has to remember in order to grow: the roots of the complete subtrees that its leaves make, one for each
/// bit set in the number of leaves (the compact range from 0). At most 63 hashes, whatever the size.
/// </summary>
/// <remarks>
/// Persist <see cref="Size"/> and <see cref="Peaks"/>; restore with <see cref="Restore"/>. Appending costs one node hash
/// on average. Not safe for several threads.
/// </remarks>
public sealed class LogFrontier
{
    private const int PeakCountMax = 63;

    private readonly Digest[] _peaks = new Digest[PeakCountMax];
    private int _peakCount;

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the complete subtrees from the first leaf to the last, so the largest subtree comes first.</summary>
    public ReadOnlySpan<Digest> Peaks => _peaks.AsSpan(0, _peakCount);

    /// <summary>The frontier of a log of this size, from the peaks it had.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    /// <exception cref="ArgumentException">A log of that size has another number of peaks.</exception>
    public static LogFrontier Restore(long size, ReadOnlySpan<Digest> peaks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var peakCount = BitOperations.PopCount((ulong)size);
        if (peaks.Length != peakCount)
        {
            throw new ArgumentException($"A log of {size} leaves has {peakCount} peaks, not {peaks.Length}.", nameof(peaks));
        }

        var frontier = new LogFrontier { Size = size, _peakCount = peakCount };
        peaks.CopyTo(frontier._peaks);
        return frontier;
    }

    /// <summary>The frontier that a log had when it had this size, from its nodes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public static LogFrontier At(ILogNodes nodes, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var frontier = new LogFrontier();
        for (var rest = size; rest > 0; rest = size - frontier.Size)
        {
            var level = BitOperations.Log2((ulong)rest);
            frontier.AppendSubtree(level, nodes.Node(level, frontier.Size >> level));
        }

        return frontier;
    }

    /// <summary>Appends one leaf, given by <see cref="LogHash.Leaf"/>.</summary>
    public void Append(Digest leafHash) => AppendSubtree(0, leafHash);

    /// <summary>Appends 2^level leaves at once by the root of the complete subtree that they make.</summary>
    /// <param name="level">0 to 62.</param>
    /// <param name="subtreeRoot">For example the hash of a stored tile, at level 8.</param>
    /// <exception cref="InvalidOperationException">The log's size is not a multiple of 2^level, so the leaves would not be a subtree.</exception>
    /// <exception cref="OverflowException">The log would have 2^63 leaves or more.</exception>
    public void AppendSubtree(int level, Digest subtreeRoot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, PeakCountMax);
        var length = 1L << level;
        if ((Size & (length - 1)) != 0)
        {
            throw new InvalidOperationException($"A subtree of {length} leaves cannot start at leaf {Size}.");
        }

        var newSize = checked(Size + length);

        // Each bit set from this level on is a peak as large as what is carried: the two become one, as in an addition.
        var carry = subtreeRoot;
        for (var bit = level; ((Size >> bit) & 1) == 1; bit++) carry = LogHash.Node(_peaks[--_peakCount], carry);
        _peaks[_peakCount++] = carry;
        Size = newSize;
    }

    /// <summary>The root of the log; <see cref="LogHash.EmptyRoot"/> if it has no leaves.</summary>
    public Digest Root()
    {
        if (_peakCount == 0) return LogHash.EmptyRoot;
        var root = _peaks[_peakCount - 1];
        for (var peak = _peakCount - 2; peak >= 0; peak--) root = LogHash.Node(_peaks[peak], root);
        return root;
    }
}
