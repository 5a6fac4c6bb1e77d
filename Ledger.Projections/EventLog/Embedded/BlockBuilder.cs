using System.Buffers;
using System.Security.Cryptography;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Gathers accepted events and makes a block of them: names interned, revisions assigned, columns filled, tree grown.</summary>
internal sealed class BlockBuilder : IDisposable
{
    /// <summary>Most events of one block.</summary>
    public const int EventsMax = 16384;

    // Rows may be large; a block of them ends early so that reading one stays cheap.
    private const int RowBytesMax = 4 << 20;

    private readonly Zstd _zstd = new();
    private readonly NameTable _names;
    private readonly NameInterner _interner;
    private readonly StreamIndex _streams;
    private readonly LogFrontier _frontier;
    private readonly ActivityPart _activity;
    private readonly RowsPart _rows;
    private readonly List<Digest> _completed = [];
    private readonly Digest[] _leaves = new Digest[EventsMax];
    private readonly LogHashLanes _lanes = new();
    private readonly ArrayBufferWriter<byte> _ids = new(EventsMax * EventId.SizeBytes);
    private Digest _previous;
    private long _first;
    private int _count;
    private int _namesBefore;

    public BlockBuilder(NameTable names, StreamIndex streams, LogFrontier frontier, Digest lastHash)
    {
        _names = names;
        _interner = new NameInterner(names);
        _streams = streams;
        _frontier = frontier;
        _previous = lastHash;
        _first = frontier.Size;
        _namesBefore = names.Count;
        _activity = new ActivityPart(_zstd);
        _rows = new RowsPart(_zstd);
    }

    /// <summary>Position of the next event.</summary>
    public long Next => _first + _count;

    public bool IsEmpty => _count == 0;

    public bool IsFull => _count == EventsMax || _rows.Size >= RowBytesMax;

    public void Add(NewEvent e, Digest leaf, ReadOnlySpan<byte> canonical)
    {
        EventKind kind = e.Payload.Kind;
        if (kind.IsColumnar())
        {
            ColumnarForm form = ColumnarForm.Of(e.Payload, _names);
            _streams.NextOfActivity(e.Window, (int)(_names.StableHash(form.Account) % StreamName.ActivityShards));
            _activity.Add(Next, kind, form, e);
        }
        else
        {
            e.Payload.Write(_interner);
            _rows.Add(_count, _streams.Next(e.Stream.Value), canonical);
        }

        e.Id.WriteTo(_ids.GetSpan(EventId.SizeBytes));
        _ids.Advance(EventId.SizeBytes);
        _leaves[_count] = leaf;
        _count++;
    }

    /// <summary>Ends the block and begins the next.</summary>
    public SealedBlock Seal()
    {
        List<StreamSpan> spans = _streams.EndBlock();
        TreePart.Append(_frontier, _leaves.AsSpan(0, _count), _completed, _lanes);
        byte[][] parts = new byte[BlockHeader.PartCount][];
        parts[(int)BlockPart.Names] = NamesPart.Encode(_names, _namesBefore, _names.Count, _zstd);
        parts[(int)BlockPart.Rows] = _rows.Encode();
        parts[(int)BlockPart.Activity] = _activity.Encode(_first);
        parts[(int)BlockPart.Ids] = _ids.WrittenSpan.ToArray();
        parts[(int)BlockPart.Tree] = TreePart.Encode(_completed, _frontier);
        parts[(int)BlockPart.Streams] = StreamsPart.Encode(spans, _zstd);
        int columnar = _activity.Columns.Count;
        ReadOnlySpan<int> windows = _activity.Window.AsSpan(0, columnar);
        BlockHeader header = new()
        {
            FirstPosition = _first,
            Count = _count,
            ColumnarCount = columnar,
            WindowMin = Smallest(windows),
            WindowMax = Largest(windows),
            NewNames = _names.Count - _namesBefore,
            NamesBefore = _namesBefore,
            PartBytes = parts.Sum(part => (long)part.Length),
            Previous = _previous,
            Parts = [.. parts.Select(part => Digest.FromBytes(SHA256.HashData(part)))],
        };
        byte[] bytes = header.ToBytes();
        _previous = Digest.FromBytes(SHA256.HashData(bytes));
        SealedBlock block = new(header, bytes, _previous, parts, spans);
        _first += _count;
        _count = 0;
        _namesBefore = _names.Count;
        _activity.Clear();
        _rows.Clear();
        _ids.ResetWrittenCount();
        _completed.Clear();
        return block;
    }

    public void Dispose() => _zstd.Dispose();

    private static int Smallest(ReadOnlySpan<int> windows)
    {
        int smallest = windows.IsEmpty ? 0 : windows[0];
        foreach (int window in windows) smallest = Math.Min(smallest, window);
        return smallest;
    }

    private static int Largest(ReadOnlySpan<int> windows)
    {
        int largest = windows.IsEmpty ? 0 : windows[0];
        foreach (int window in windows) largest = Math.Max(largest, window);
        return largest;
    }
}

/// <summary>A block ready to be stored.</summary>
internal sealed record SealedBlock(BlockHeader Header, byte[] HeaderBytes, Digest Hash, byte[][] Parts, List<StreamSpan> Streams);
