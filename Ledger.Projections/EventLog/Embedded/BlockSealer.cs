using System.Security.Cryptography;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Makes blocks of drafts, in order: tree grown, parts encoded and hashed, linked to the block before.</summary>
internal sealed class BlockSealer(NameTable names, LogFrontier frontier, Digest lastHash) : IDisposable
{
    private readonly Zstd _zstd = new();
    private readonly LogHasher _hasher = new();
    private readonly List<Digest> _completed = [];
    private ActivityWriter? _activity;
    private Digest _previous = lastHash;

    public SealedBlock Seal(BlockDraft draft)
    {
        _activity ??= new ActivityWriter(_zstd);
        _completed.Clear();
        TreePart.Append(frontier, draft.Leaves.AsSpan(0, draft.Count), _completed, _hasher);
        BlockBuffer buffer = BlockBuffer.Take();
        ReadOnlyMemory<byte>[] parts = new ReadOnlyMemory<byte>[BlockHeader.PartCount];
        parts[(int)BlockPart.Names] = NamesPart.Encode(names, draft.NamesBefore, draft.NamesAfter, _zstd);
        parts[(int)BlockPart.Rows] = draft.Rows.Encode(_zstd);
        parts[(int)BlockPart.Activity] = _activity.Encode(draft, buffer.Activity);
        parts[(int)BlockPart.Ids] = buffer.Ids(draft.Ids.AsSpan(0, draft.Count * EventId.SizeBytes));
        parts[(int)BlockPart.Tree] = TreePart.Encode(_completed, frontier);
        parts[(int)BlockPart.Streams] = StreamsPart.Encode(draft.Streams, _zstd);
        (int windowMin, int windowMax) = Bounds(draft.Window.AsSpan(0, draft.ColumnarCount));
        BlockHeader header = new()
        {
            FirstPosition = draft.First,
            Count = draft.Count,
            ColumnarCount = draft.ColumnarCount,
            WindowMin = windowMin,
            WindowMax = windowMax,
            NewNames = draft.NamesAfter - draft.NamesBefore,
            NamesBefore = draft.NamesBefore,
            PartBytes = parts.Sum(part => (long)part.Length),
            Previous = _previous,
            Parts = [.. parts.Select(part => Digest.FromBytes(SHA256.HashData(part.Span)))],
        };
        byte[] bytes = header.ToBytes();
        _previous = Digest.FromBytes(SHA256.HashData(bytes));
        return new SealedBlock(header, bytes, _previous, parts, draft.Streams, buffer);
    }

    public void Dispose() => _zstd.Dispose();

    private static (int Min, int Max) Bounds(ReadOnlySpan<int> windows)
    {
        if (windows.IsEmpty) return (0, 0);
        (int min, int max) = (windows[0], windows[0]);
        foreach (int window in windows) (min, max) = (Math.Min(min, window), Math.Max(max, window));
        return (min, max);
    }
}
