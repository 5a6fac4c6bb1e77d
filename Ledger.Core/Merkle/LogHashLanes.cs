using System.Buffers.Binary;

namespace Ledger.Core.Merkle;

/// <summary>
/// Many hashes of the log tree at once: SHA-256 (FIPS 180-4) over sixteen or eight messages in the lanes of a vector.
/// Gives what <see cref="LogHash"/> gives, which is also what is used where no such vectors are accelerated.
/// </summary>
/// <remarks>A log hashes two short messages per event, and the platform's one-shot call spends most of its time around the hash, not in it.
/// Not safe for several threads.</remarks>
public sealed class LogHashLanes
{
    // Longer messages are rare and gain nothing here.
    private const int BlocksMax = 4;

    private readonly int _laneCount;
    private readonly byte[] _messages;
    private readonly uint[] _state;
    private readonly int[] _waiting; // contents of as many blocks that wait for a full vector

    public LogHashLanes()
        : this(IsWide ? Sha256Lanes16.LaneCount : Sha256Lanes8.LaneCount)
    {
    }

    /// <summary>With so many lanes: sixteen, where <see cref="IsWide"/>, or eight.</summary>
    internal LogHashLanes(int laneCount)
    {
        _laneCount = laneCount;
        _messages = new byte[BlocksMax * Sha256Words.BlockBytes * laneCount];
        _state = new uint[Sha256Words.PerState * laneCount];
        _waiting = new int[(BlocksMax + 1) * laneCount];
    }

    /// <summary>Whether sixteen messages are hashed together here: faster than anything else that this machine may have.</summary>
    public static bool IsWide => Sha256Lanes16.IsSupported;

    private bool IsAccelerated => _laneCount == Sha256Lanes16.LaneCount || Sha256Lanes8.IsSupported;

    /// <summary>Leaf hashes of the contents that lie end to end in <paramref name="contents"/>; content i ends before <paramref name="ends"/>[i].</summary>
    public void Leaves(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, Span<Digest> leaves)
    {
        Span<int> counts = stackalloc int[BlocksMax + 1];
        counts.Clear();
        for (int i = 0; i < ends.Length; i++)
        {
            int blocks = BlocksOf(1 + Content(contents, ends, i).Length);
            if (blocks > BlocksMax || !IsAccelerated)
            {
                leaves[i] = LogHash.Leaf(Content(contents, ends, i));
                continue;
            }

            Span<int> lanes = _waiting.AsSpan(blocks * _laneCount, _laneCount);
            lanes[counts[blocks]++] = i;
            if (counts[blocks] < _laneCount) continue;
            counts[blocks] = 0;
            Leaves(contents, ends, lanes, blocks, leaves);
        }

        for (int blocks = 1; blocks <= BlocksMax; blocks++) Leaves(contents, ends, _waiting.AsSpan(blocks * _laneCount, counts[blocks]), blocks, leaves);
    }

    /// <summary>The hash of each pair of <paramref name="children"/>. Parents may overlay the children's front.</summary>
    public void Parents(ReadOnlySpan<Digest> children, Span<Digest> parents)
    {
        const int MessageBytes = 1 + (2 * Digest.SizeBytes);
        int blocks = BlocksOf(MessageBytes);
        int count = children.Length / 2;
        for (int first = 0; first < count; first += _laneCount)
        {
            ReadOnlySpan<Digest> pairs = children.Slice(2 * first, 2 * Math.Min(_laneCount, count - first));
            if (!IsWorthIt(pairs.Length / 2))
            {
                for (int i = 0; i < pairs.Length / 2; i++) parents[first + i] = LogHash.Node(pairs[2 * i], pairs[(2 * i) + 1]);
                continue;
            }

            for (int lane = 0; lane < pairs.Length / 2; lane++)
            {
                Span<byte> message = Message(lane, MessageBytes, blocks);
                message[0] = 0x01;
                pairs[2 * lane].WriteTo(message[1..]);
                pairs[(2 * lane) + 1].WriteTo(message[(1 + Digest.SizeBytes)..]);
            }

            Hash(blocks);
            for (int lane = 0; lane < pairs.Length / 2; lane++) parents[first + lane] = Result(lane);
        }
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, int index)
    {
        int start = index == 0 ? 0 : ends[index - 1];
        return contents[start..ends[index]];
    }

    private static int BlocksOf(int messageBytes) => (messageBytes + 1 + 8 + Sha256Words.BlockBytes - 1) / Sha256Words.BlockBytes;

    // Lanes that are not used cost as much as those that are.
    private bool IsWorthIt(int count) => IsAccelerated && count >= _laneCount / 2;

    private void Leaves(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, ReadOnlySpan<int> some, int blocks, Span<Digest> leaves)
    {
        if (!IsWorthIt(some.Length))
        {
            foreach (int i in some) leaves[i] = LogHash.Leaf(Content(contents, ends, i));
            return;
        }

        for (int lane = 0; lane < some.Length; lane++)
        {
            ReadOnlySpan<byte> content = Content(contents, ends, some[lane]);
            Span<byte> message = Message(lane, 1 + content.Length, blocks);
            message[0] = 0x00;
            content.CopyTo(message[1..]);
        }

        Hash(blocks);
        for (int lane = 0; lane < some.Length; lane++) leaves[some[lane]] = Result(lane);
    }

    // Room for a lane's message, with the padding (section 5.1.1) behind it.
    private Span<byte> Message(int lane, int length, int blocks)
    {
        Span<byte> message = _messages.AsSpan(lane * blocks * Sha256Words.BlockBytes, blocks * Sha256Words.BlockBytes);
        message[length..].Clear();
        message[length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(message[^8..], (ulong)length * 8);
        return message;
    }

    private void Hash(int blocks)
    {
        if (_laneCount == Sha256Lanes16.LaneCount) Sha256Lanes16.Hash(_messages, blocks, _state);
        else Sha256Lanes8.Hash(_messages, blocks, _state);
    }

    private Digest Result(int lane)
    {
        return new Digest(Pair(0), Pair(2), Pair(4), Pair(6));

        ulong Pair(int word) => ((ulong)_state[(word * _laneCount) + lane] << 32) | _state[((word + 1) * _laneCount) + lane];
    }
}
