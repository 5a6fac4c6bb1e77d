using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog;

/// <summary>
/// Many hashes of the log tree, by whatever is fastest here: sixteen vector lanes, else the processor's own SHA-256, else eight lanes. What they give is
/// <see cref="LogHash"/>'s.
/// </summary>
/// <remarks>Not safe for several threads.</remarks>
internal sealed class LogHasher(bool native)
{
    private const int NodeBytes = 1 + (2 * Digest.SizeBytes);

    private readonly NativeSha256? _native = native ? new NativeSha256() : null;
    private readonly LogHashLanes _lanes = new();
    private readonly byte[] _message = new byte[NativeSha256.MessageBytesMax];

    public LogHasher()
        : this(!LogHashLanes.IsWide && NativeSha256.IsAvailable)
    {
    }

    /// <summary>Leaf hashes of the contents that lie end to end in <paramref name="contents"/>; content i ends before <paramref name="ends"/>[i].</summary>
    public void Leaves(ReadOnlySpan<byte> contents, ReadOnlySpan<int> ends, Span<Digest> leaves)
    {
        if (_native is null)
        {
            _lanes.Leaves(contents, ends, leaves);
            return;
        }

        int start = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            ReadOnlySpan<byte> content = contents[start..ends[i]];
            start = ends[i];
            int padded = NativeSha256.Padded(1 + content.Length);
            if (padded > _message.Length)
            {
                leaves[i] = LogHash.Leaf(content);
                continue;
            }

            Span<byte> message = _message.AsSpan(0, padded);
            message[0] = 0x00;
            content.CopyTo(message[1..]);
            NativeSha256.Pad(message, 1 + content.Length);
            leaves[i] = _native.Hash(message);
        }
    }

    /// <summary>The hash of each pair of <paramref name="children"/>. Parents may overlay the children's front.</summary>
    public void Parents(ReadOnlySpan<Digest> children, Span<Digest> parents)
    {
        if (_native is null)
        {
            _lanes.Parents(children, parents);
            return;
        }

        Span<byte> message = _message.AsSpan(0, NativeSha256.Padded(NodeBytes));
        NativeSha256.Pad(message, NodeBytes);
        message[0] = 0x01;
        for (int i = 0; i < children.Length / 2; i++)
        {
            children[2 * i].WriteTo(message[1..]);
            children[(2 * i) + 1].WriteTo(message[(1 + Digest.SizeBytes)..]);
            parents[i] = _native.Hash(message);
        }
    }
}
