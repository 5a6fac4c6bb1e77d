using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.DayWindows.Live;

/// <summary>The snapshot of an open window's shards: a file to which parts are appended, each with the activity of a range of the log, shard by shard.</summary>
/// <remarks>
/// Derived and disposable, so nothing is synced: a part that is cut off or damaged ends what is taken from the file when it is opened, and the log is read
/// from there on. Events are checked by the XXH128 of their shard and part whenever they are read: it is the process's own file, and what has to be noticed is
/// a disk that kept something else. Layout in specs/read-models.md.
/// </remarks>
internal sealed class KeptActivity : IDisposable
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int ChecksumBytes = 16;
    private const int HeadBytesMax = 1 << 26;

    private static readonly int EventBytes = Marshal.SizeOf<PackedEvent>();

    private readonly SafeFileHandle _file;
    private readonly EventFrame _frame;
    private Part[] _parts = []; // made anew for each part: shards read beside an appending
    private readonly List<long> _unknownRefunds = [];
    private long _end;
    private int _wideKept;

    private KeptActivity(SafeFileHandle file, int shards, EventFrame frame, long end)
    {
        (_file, Shards, _frame, _end) = (file, shards, frame, end);
        To = frame.OpenedAt;
    }

    /// <summary>How many shards the window has.</summary>
    public int Shards { get; }

    /// <summary>Everything of the window before this position is in the file.</summary>
    public long To { get; private set; }

    /// <summary>Parts in the file.</summary>
    public int Parts => _parts.Length;

    /// <summary>Positions of refunds in the file whose tip the log had not shown yet.</summary>
    public IReadOnlyList<long> UnknownRefunds => _unknownRefunds;

    private static ReadOnlySpan<byte> Magic => "WLL4"u8;

    /// <summary>Takes up a window's file, or begins it anew when there is none or it is of another log, build or window.</summary>
    /// <param name="path">The file.</param>
    /// <param name="log">The log.</param>
    /// <param name="scope">The window.</param>
    /// <param name="parts">The parts of it whose activity the file has.</param>
    /// <param name="frame">Takes what does not fit; has nothing yet.</param>
    /// <param name="shards">How many shards a new file has.</param>
    /// <param name="to">Parts behind this position are not taken.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static async Task<KeptActivity> OpenAsync(string path, IEventLog log, ActivityScope scope, WindowParts parts, EventFrame frame, int shards, long to, CancellationToken cancel)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.RandomAccess);
        try
        {
            byte[] head = HeadOf(scope, parts, shards);
            byte[] found = new byte[head.Length];
            KeptActivity kept = new(file, shards, frame, head.Length);
            if (!CheckedFile.TryRead(file, found, 0) || !found.AsSpan().SequenceEqual(head))
            {
                RandomAccess.SetLength(file, 0);
                RandomAccess.Write(file, head, 0);
            }

            List<Part> whole = kept.Whole(to);
            if (whole.Count > 0 && await IsOfAsync(log, whole[^1], cancel).ConfigureAwait(false)) whole.ForEach(kept.Take);
            RandomAccess.SetLength(file, kept._end);
            return kept;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends a part.</summary>
    /// <param name="log">The log.</param>
    /// <param name="to">Behind the last position of the part; it begins where the file ended.</param>
    /// <param name="events">The slices of each shard in the part, in log order.</param>
    /// <param name="unknownRefunds">Positions of refunds in the part whose tip the log has not shown.</param>
    /// <param name="cancel">Stops it before anything is written.</param>
    /// <exception cref="IOException">The disk does not take it; the file is as it was.</exception>
    public async Task AppendAsync(IEventLog log, long to, IReadOnlyList<EventSlice>[] events, IReadOnlyList<long> unknownRefunds, CancellationToken cancel)
    {
        Digest root = await log.LogRootAsync(to, cancel).ConfigureAwait(false);
        int names = log.Names.Count;
        using MemoryStream stream = new();
        using BinaryWriter output = new(stream);
        output.Write(To);
        output.Write(to);
        output.Write(root);
        output.Write(names);
        output.Write(LedgerSnapshot.DigestOf(log.Names, names));
        output.Write(unknownRefunds.Count);
        foreach (long position in unknownRefunds) output.Write(position);
        int wide = _frame.WideCount;
        output.Write(wide - _wideKept);
        for (int i = _wideKept; i < wide; i++) Write(output, _frame.Wide(i));
        Segment[] segments = new Segment[Shards];
        long behind = 0;
        for (int shard = 0; shard < Shards; shard++)
        {
            XxHash128 checksum = new();
            foreach (EventSlice slice in events[shard]) checksum.Append(MemoryMarshal.AsBytes(slice.Events));
            segments[shard] = new Segment(behind, events[shard].Sum(slice => slice.Count), checksum.GetCurrentHash());
            behind += (long)segments[shard].Count * EventBytes;
            output.Write(segments[shard].Count);
            output.Write(segments[shard].Checksum);
        }

        output.Flush();
        byte[] head = [.. BitConverter.GetBytes((int)stream.Length), .. stream.ToArray(), .. SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length))];
        long start = _end + head.Length, end = start;
        foreach (EventSlice slice in events.SelectMany(shard => shard))
        {
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(slice.Events), end);
            end += (long)slice.Count * EventBytes;
        }

        RandomAccess.Write(_file, head, _end);
        Take(new Part(to, root, names, default, end, Array.ConvertAll(segments, s => s with { Start = start + s.Start }), unknownRefunds, []));
        _wideKept = wide;
    }

    /// <summary>A shard's events in the first parts. To be disposed when they are no longer looked at.</summary>
    /// <exception cref="LogFaultException"><c>snapshot-damaged</c>.</exception>
    public Reading Read(int shard, int parts)
    {
        Reading reading = new();
        try
        {
            foreach (Part part in _parts.Take(parts))
            {
                (long start, int count, byte[] checksum) = part.Segments[shard];
                if (count == 0) continue;
                Span<byte> bytes = MemoryMarshal.AsBytes(reading.Rent(count));
                if (!CheckedFile.TryRead(_file, bytes, start) || !XxHash128.Hash(bytes).AsSpan().SequenceEqual(checksum))
                    throw new LogFaultException("snapshot-damaged", $"the live snapshot of shard {shard} is not what was written; it is made anew from the log");
            }

            return reading;
        }
        catch
        {
            reading.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] HeadOf(ActivityScope scope, WindowParts parts, int shards)
    {
        using MemoryStream stream = new();
        using BinaryWriter output = new(stream);
        output.Write(Magic);
        output.Write(LedgerSnapshot.Build);
        output.Write(scope.Window.Number);
        output.Write(scope.OpenedAt);
        output.Write(shards);
        output.Write(parts.Count);
        output.Write(parts.Bits);
        output.Flush();
        return stream.ToArray();
    }

    /// <summary>Whether the history before the end of a part is this log's, and its names count as they do here.</summary>
    private static async Task<bool> IsOfAsync(IEventLog log, Part part, CancellationToken cancel) =>
        part.Names <= log.Names.Count
        && await log.LogRootAsync(part.To, cancel).ConfigureAwait(false) == part.LogRoot
        && LedgerSnapshot.DigestOf(log.Names, part.Names) == part.NamesDigest;

    /// <summary>The parts that are in the file whole, one behind the other.</summary>
    private List<Part> Whole(long to)
    {
        List<Part> parts = [];
        (long from, long at) = (To, _end);
        while (PartAt(at, from) is { } part && part.To <= to)
        {
            parts.Add(part);
            (from, at) = (part.To, part.End);
        }

        return parts;
    }

    private Part? PartAt(long at, long from)
    {
        byte[] size = new byte[sizeof(int)];
        if (!CheckedFile.TryRead(_file, size, at) || BinaryPrimitives.ReadInt32LittleEndian(size) is not (> 0 and <= HeadBytesMax and var length)) return null;
        byte[] head = new byte[length + HashBytes];
        if (!CheckedFile.TryRead(_file, head, at + sizeof(int)) || !SHA256.HashData(head.AsSpan(0, length)).AsSpan().SequenceEqual(head.AsSpan(length))) return null;
        using BinaryReader input = new(new MemoryStream(head, 0, length, writable: false));
        if (input.ReadInt64() != from) return null;
        long to = input.ReadInt64();
        Digest root = input.ReadDigest();
        int names = input.ReadInt32();
        Digest namesDigest = input.ReadDigest();
        long[] refunds = new long[input.ReadInt32()];
        for (int i = 0; i < refunds.Length; i++) refunds[i] = input.ReadInt64();
        ShardEvent[] wide = new ShardEvent[input.ReadInt32()];
        for (int i = 0; i < wide.Length; i++) wide[i] = ReadWide(input);
        long start = at + sizeof(int) + head.Length, end = start;
        Segment[] segments = new Segment[Shards];
        for (int shard = 0; shard < Shards; shard++)
        {
            segments[shard] = new Segment(end, input.ReadInt32(), input.ReadBytes(ChecksumBytes));
            end += (long)segments[shard].Count * EventBytes;
        }

        return RandomAccess.GetLength(_file) < end ? null : new Part(to, root, names, namesDigest, end, segments, refunds, wide);
    }

    private void Take(Part part)
    {
        _parts = [.. _parts, part];
        _unknownRefunds.AddRange(part.UnknownRefunds);
        foreach (ShardEvent e in part.Wide) _frame.AddWide(e);
        _wideKept += part.Wide.Length;
        (To, _end) = (part.To, part.End);
    }

    private static void Write(BinaryWriter output, in ShardEvent e)
    {
        output.Write(e.Position);
        output.Write((byte)e.Kind);
        output.Write(e.Account);
        output.Write(e.Target);
        output.Write(e.Value);
        output.Write(e.OccurredAtMs);
    }

    private static ShardEvent ReadWide(BinaryReader input) =>
        new(input.ReadInt64(), input.ReadByte(), input.ReadInt32(), input.ReadInt32(), input.ReadInt64(), input.ReadInt64());

    /// <summary>A shard's events as they were read.</summary>
    internal sealed class Reading : IDisposable
    {
        private readonly List<EventSlice> _slices = [];

        public IReadOnlyList<EventSlice> Slices => _slices;

        public Span<PackedEvent> Rent(int count)
        {
            EventSlice slice = new(ArrayPool<PackedEvent>.Shared.Rent(count), 0, count);
            _slices.Add(slice);
            return slice.Array.AsSpan(0, count);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (EventSlice slice in _slices) ArrayPool<PackedEvent>.Shared.Return(slice.Array);
            _slices.Clear();
        }
    }

    private readonly record struct Segment(long Start, int Count, byte[] Checksum);

    private sealed record Part(
        long To, Digest LogRoot, int Names, Digest NamesDigest, long End, Segment[] Segments, IReadOnlyList<long> UnknownRefunds, ShardEvent[] Wide);
}
