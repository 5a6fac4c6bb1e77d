using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Ledger.Core.Contributions;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>A closed window's activity by account, in a file: an account is read without its window.</summary>
/// <remarks>
/// The activity of each range of the log stands in buckets of accounts, each with its SHA-256 in the footer, which has its own. The footer names the
/// build, the log tree's root at the seal and the names that the file counts by: a file of another build or history is refused when it is opened, a
/// damaged one when what is damaged is read. Layout in specs/read-models.md.
/// </remarks>
internal sealed class ActivityFile
{
    /// <summary>A bucket in its range's table: size (4), SHA-256.</summary>
    public const int TableEntryBytes = sizeof(int) + HashBytes;

    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int TailBytes = sizeof(int) + HashBytes;

    private readonly string _path;
    private readonly long _startMs;
    private readonly long _openedAt;
    private readonly int _rangePositions;
    private readonly Range[] _ranges;
    private readonly (long Start, int Size, byte[] Hash) _sheet;

    private ActivityFile(string path, FoldContext context, int rangePositions, Range[] ranges, (long Start, int Size, byte[] Hash) sheet)
    {
        _path = path;
        _startMs = context.Window.Start.Value;
        _openedAt = context.OpenedAt;
        _rangePositions = rangePositions;
        _ranges = ranges;
        _sheet = sheet;
    }

    private static ReadOnlySpan<byte> Magic => "WLA1"u8;

    /// <summary>The file's last bytes: what it is of, where everything stands, and their checksum.</summary>
    public static byte[] Footer(NameTable names, int count, FoldContext context, Digest logRoot, int rangePositions, long sheetStart, ReadOnlySpan<byte> sheet, IReadOnlyList<Range> ranges)
    {
        using MemoryStream stream = new();
        using BinaryWriter output = new(stream);
        output.Write(Magic);
        output.Write(LedgerSnapshot.Build);
        output.Write(context.Window.Number);
        output.Write(context.OpenedAt);
        output.Write(context.SealedAt);
        output.Write(logRoot);
        output.Write(count);
        output.Write(LedgerSnapshot.DigestOf(names, count));
        output.Write(sheetStart);
        output.Write(sheet.Length);
        output.Write(SHA256.HashData(sheet));
        output.Write(rangePositions);
        output.Write(ranges.Count);
        foreach (Range range in ranges)
        {
            output.Write(range.Start);
            output.Write(range.Table);
        }

        output.Flush();
        int size = (int)stream.Length;
        output.Write(size);
        output.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, size)));
        output.Flush();
        return stream.ToArray();
    }

    /// <summary>Opens the file of a window of this log, made by this build; null when there is none, or it is anything else.</summary>
    public static async Task<ActivityFile?> OpenAsync(string path, IEventLog log, FoldContext context, CancellationToken cancel)
    {
        try
        {
            if (!File.Exists(path)) return null;
            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            return FooterIn(file) is { } footer ? await ReadAsync(footer, path, log, context, cancel).ConfigureAwait(false) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>An account's activity; null when what is read is not what was written.</summary>
    public AccountActivity? Read(int account)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, options: FileOptions.RandomAccess);
            int bucket = account & (ActivityFileWriter.Buckets - 1);
            int local = account >> BitOperations.Log2(ActivityFileWriter.Buckets);
            List<ShardEvent> events = [];
            List<EventId> ids = [];
            for (int range = 0; range < _ranges.Length; range++)
            {
                (long start, int size, ReadOnlyMemory<byte> hash) = _ranges[range].Bucket(bucket);
                if (size == 0) continue;
                if (Verified(file, start, size, hash.Span) is not { } bytes) return null;
                ActivityBucket.Read(bytes, _startMs, _openedAt + ((long)range * _rangePositions), local, account, events, ids);
            }

            return new AccountActivity(events, ids);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The window's sheet; null when what is read is not what was written.</summary>
    public ContributionSheet? Sheet()
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, options: FileOptions.RandomAccess);
            return Verified(file, _sheet.Start, _sheet.Size, _sheet.Hash) is { } bytes ? SheetBytes.Read(bytes) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static byte[]? FooterIn(SafeFileHandle file)
    {
        long end = RandomAccess.GetLength(file);
        byte[] tail = new byte[TailBytes];
        if (end < TailBytes || RandomAccess.Read(file, tail, end - TailBytes) != TailBytes) return null;
        int size = BinaryPrimitives.ReadInt32LittleEndian(tail);
        return size >= 0 && size <= end - TailBytes ? Verified(file, end - TailBytes - size, size, tail.AsSpan(sizeof(int))) : null;
    }

    private static byte[]? Verified(SafeFileHandle file, long start, int size, ReadOnlySpan<byte> hash)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(size);
        return CheckedFile.TryRead(file, bytes, start, hash) ? bytes : null;
    }

    private static async Task<ActivityFile?> ReadAsync(byte[] footer, string path, IEventLog log, FoldContext context, CancellationToken cancel)
    {
        using BinaryReader input = new(new MemoryStream(footer, writable: false));
        if (!input.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic) || !input.ReadBytes(LedgerSnapshot.Build.Length).AsSpan().SequenceEqual(LedgerSnapshot.Build)) return null;
        if (input.ReadInt32() != context.Window.Number || input.ReadInt64() != context.OpenedAt || input.ReadInt64() != context.SealedAt) return null;
        if (await log.LogRootAsync(context.SealedAt, cancel).ConfigureAwait(false) != input.ReadDigest()) return null;
        int names = input.ReadInt32();
        if (names > log.Names.Count || LedgerSnapshot.DigestOf(log.Names, names) != input.ReadDigest()) return null;
        (long, int, byte[]) sheet = (input.ReadInt64(), input.ReadInt32(), input.ReadBytes(HashBytes));
        int rangePositions = input.ReadInt32();
        Range[] ranges = new Range[input.ReadInt32()];
        for (int i = 0; i < ranges.Length; i++) ranges[i] = new Range(input.ReadInt64(), input.ReadBytes(ActivityFileWriter.Buckets * TableEntryBytes));
        return new ActivityFile(path, context, rangePositions, ranges, sheet);
    }

    /// <summary>Where the buckets of a range of the log stand.</summary>
    /// <param name="Start">Of the first one.</param>
    /// <param name="Table">Size and checksum of each.</param>
    internal readonly record struct Range(long Start, byte[] Table)
    {
        public (long Start, int Size, ReadOnlyMemory<byte> Hash) Bucket(int bucket)
        {
            long start = Start;
            for (int before = 0; before < bucket; before++) start += SizeOf(before);
            return (start, SizeOf(bucket), Table.AsMemory((bucket * TableEntryBytes) + sizeof(int), HashBytes));
        }

        private int SizeOf(int bucket) => BinaryPrimitives.ReadInt32LittleEndian(Table.AsSpan(bucket * TableEntryBytes));
    }
}
