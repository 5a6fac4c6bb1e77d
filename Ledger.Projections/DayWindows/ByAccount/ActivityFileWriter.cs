using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>Writes a closed window's activity by account, range by range of the log, in one reading.</summary>
/// <remarks>A worker holds one range at a time, about 100 bytes an event of it; ranges are written as they are done.</remarks>
internal sealed class ActivityFileWriter(IEventLog log, FoldContext context, int workers, int rangePositions = 1 << 20)
{
    /// <summary>Buckets of a range, a power of two: an account is in bucket ordinal mod buckets of each.</summary>
    internal const int Buckets = 2048;

    private readonly ActivityScope _scope = ActivityScope.Of(context);
    private readonly EventFrame _frame = ActivityScope.Of(context).Frame();
    private readonly int _names = log.Names.Count;

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public async Task WriteAsync(string path, ContributionSheet sheet, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        // Ids that reach the log from here on are not in this window.
        Digest root = await log.LogRootAsync(context.SealedAt, cancel).ConfigureAwait(false);
        int ranges = (int)((context.SealedAt - context.OpenedAt + rangePositions - 1) / rangePositions);
        ActivityFile.Range[] written = new ActivityFile.Range[ranges];
        long end = 0;
        int done = 0;
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        await Task.Run(
            () => Parallel.For(
                0, ranges, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancel }, () => new Worker(this),
                (range, _, worker) =>
                {
                    (ReadOnlyMemory<byte> bytes, byte[] table) = worker.Range(context.OpenedAt + ((long)range * rangePositions), cancel);
                    long start = Interlocked.Add(ref end, bytes.Length) - bytes.Length;
                    RandomAccess.Write(file, bytes.Span, start);
                    written[range] = new ActivityFile.Range(start, table);
                    progress?.Report(new LedgerProgress("arrange by account", context.Window, (int)(Interlocked.Increment(ref done) * 1000L / ranges)));
                    return worker;
                },
                _ => { }),
            cancel).ConfigureAwait(false);
        byte[] sheetBytes = SheetBytes.Of(sheet);
        RandomAccess.Write(file, sheetBytes, end);
        byte[] footer = ActivityFile.Footer(log.Names, _names, context, root, rangePositions, end, sheetBytes, written);
        RandomAccess.Write(file, footer, end + sheetBytes.Length);
    }

    private sealed class Worker(ActivityFileWriter of)
    {
        private readonly EventDealer _dealer = new(Buckets, of._names, of._frame);
        private readonly EventId[] _ids = new EventId[of.RangePositions];
        private readonly ActivityColumns _merged = new();
        private readonly List<long> _columnar = [];
        private PackedEvent[] _dealt = [];
        private byte[] _bytes = [];

        /// <summary>A range's buckets one behind the other, and the table of their sizes and checksums.</summary>
        public (ReadOnlyMemory<byte> Bytes, byte[] Table) Range(long from, CancellationToken cancel)
        {
            Take(from, Math.Min(from + of.RangePositions, of.SealedAt), cancel);
            (PackedEvent[] events, int[] starts) = _dealer.Deal(Rent);
            int most = (starts[^1] - starts[0]) * ActivityBucket.EventBytesMax;
            if (_bytes.Length < most) _bytes = GC.AllocateUninitializedArray<byte>(most);
            byte[] table = new byte[Buckets * ActivityFile.TableEntryBytes];
            int end = 0;
            for (int bucket = 0; bucket < Buckets; bucket++)
            {
                ReadOnlySpan<PackedEvent> mine = events.AsSpan(starts[bucket]..starts[bucket + 1]);
                if (mine.IsEmpty) continue;
                int size = ActivityBucket.Write(mine, of._frame, from, _ids, _bytes.AsSpan(end));
                Span<byte> entry = table.AsSpan(bucket * ActivityFile.TableEntryBytes, ActivityFile.TableEntryBytes);
                BinaryPrimitives.WriteInt32LittleEndian(entry, size);
                SHA256.HashData(_bytes.AsSpan(end, size), entry[sizeof(int)..]);
                end += size;
            }

            return (_bytes.AsMemory(0, end), table);
        }

        private void Take(long from, long to, CancellationToken cancel)
        {
            _columnar.Clear();
            foreach (LogBlock block in of.Log.ReadBlocks(from, to, new BlockRequest(Rows: true, Columns: true, of._scope.Window), cancel))
            {
                foreach (RecordedEvent row in block.Rows) _ids[row.Position - from] = row.Event.Id;
                _columnar.AddRange(block.Activity.Position.AsSpan(0, block.Activity.Count));
                _dealer.Take(of._scope.MergeRows(block, of.SealedAt, _merged));
            }

            EventId[] ids = of.Log.IdsAt(_columnar);
            for (int i = 0; i < ids.Length; i++) _ids[_columnar[i] - from] = ids[i];
        }

        private ArraySegment<PackedEvent> Rent(int count)
        {
            if (_dealt.Length < count) _dealt = GC.AllocateUninitializedArray<PackedEvent>(count);
            return _dealt;
        }
    }

    private IEventLog Log => log;

    private int RangePositions => rangePositions;

    private long SealedAt => context.SealedAt;
}
