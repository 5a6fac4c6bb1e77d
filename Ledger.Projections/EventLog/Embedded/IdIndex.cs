using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Where each event id stands in the log: what makes an append idempotent for ever, in memory that hardly grows.</summary>
/// <remarks>
/// Recent ids are in a table; when it is full it is written behind the writer's back as a run, and four runs of a level become one of the next.
/// All of it is derived: what is missing, of another log or damaged is read again from the blocks. Lock the object around every member but <see cref="Committed"/>.
/// </remarks>
internal sealed class IdIndex : IDisposable
{
    public const string FolderName = "index";

    /// <summary>Slots of the table of recent ids; three quarters of them make a run.</summary>
    public const int DefaultSlots = 1 << 20;

    private const int FanIn = 4;

    private readonly string _folder;
    private readonly bool _writes;
    private readonly int _slots;
    private readonly List<IdRun> _runs = [];
    private IdTable _recent = new(16);
    private IdTable? _frozen;
    private Task _behind = Task.CompletedTask;
    private long _covered;

    private IdIndex(string folder, bool writes, int slots) => (_folder, _writes, _slots) = (folder, writes, slots);

    /// <summary>Loads the runs that belong to this log, then the other ids from the blocks; a read-only index leaves the folder as it is.</summary>
    public static IdIndex Load(string folder, BlockReader reader, long head, bool writes, int slots = DefaultSlots)
    {
        IdIndex index = new(folder, writes, slots);
        if (writes) Directory.CreateDirectory(folder);
        index.OpenRuns(reader, head);
        for (long position = index._covered; position < head;)
        {
            StoredBlock block = reader.Holding(position);
            reader.Part(block.Header, BlockPart.Ids, (index, block.Header), static (part, into) =>
            {
                into.index.AddBlock(part, into.Header);
                return 0;
            });
            position = block.Header.End;
            index.Committed(position, block.Hash);
        }

        return index;
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(EventId id)
    {
        ulong high = (ulong)(id.Value >> 64);
        ulong low = unchecked((ulong)id.Value);
        long position = _recent.Find(high, low);
        if (position >= 0) return position;
        if (_frozen is not null && (position = _frozen.Find(high, low)) >= 0) return position;
        ulong hash = IdEntry.HashOf(high, low);
        for (int i = _runs.Count - 1; i >= 0; i--)
        {
            if ((position = InRun(_runs[i], high, low, hash)) >= 0) return position;
        }

        return -1;
    }

    /// <summary>Adds an id that is new, or tells where it stands.</summary>
    public bool TryAdd(EventId id, long position, out long standing)
    {
        standing = Find(id);
        if (standing >= 0) return false;
        _recent.Add((ulong)(id.Value >> 64), unchecked((ulong)id.Value), position);
        standing = position;
        return true;
    }

    /// <summary>Everything added so far is in the log up to a block's end: a full table may go to disk. For the writer only, without the lock.</summary>
    public void Committed(long end, Digest blockHash)
    {
        if (!_writes || _recent.Count < _slots / 4 * 3) return;
        _behind.GetAwaiter().GetResult(); // the table before this one is still being written: wait, or memory would grow
        long from = _covered;
        lock (this)
        {
            _frozen = _recent;
            _recent = new IdTable(_slots);
            _covered = end;
        }

        _behind = Task.Run(() => Write(from, end, blockHash));
    }

    public void Dispose()
    {
        _behind.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait();
        foreach (IdRun run in _runs) run.Dispose();
    }

    private long InRun(IdRun run, ulong high, ulong low, ulong hash)
    {
        try
        {
            return run.Find(high, low, hash);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            if (_writes) File.Delete(run.Path);
            throw new LogFaultException("index-damaged", $"{e.Message}; open the log for appending again: the index is made anew from the blocks", e);
        }
    }

    private void AddBlock(ReadOnlySpan<byte> ids, BlockHeader header)
    {
        for (int i = 0; i < header.Count; i++)
        {
            EventId id = EventId.FromBytes(ids.Slice(i * EventId.SizeBytes, EventId.SizeBytes));
            if (!TryAdd(id, header.FirstPosition + i, out long standing))
                throw LogFaults.Checksum(header.FirstPosition, $"the id of event {header.FirstPosition + i} is also that of event {standing}");
        }
    }

    // Runs must follow each other from 0 without a gap and end where blocks of this log end.
    private void OpenRuns(BlockReader reader, long head)
    {
        if (!Directory.Exists(_folder)) return;
        List<IdRun> found = [.. Directory.GetFiles(_folder, "*" + IdRun.Extension).Select(IdRun.TryOpen).OfType<IdRun>().OrderBy(run => run.From).ThenByDescending(run => run.To)];
        foreach (IdRun run in found)
        {
            bool fits = run.From == _covered && run.To <= head && run.From < run.To;
            if (fits)
            {
                StoredBlock last = reader.Holding(run.To - 1);
                fits = last.Header.End == run.To && last.Hash == run.Anchor;
            }

            if (!fits)
            {
                run.Dispose();
                continue;
            }

            _runs.Add(run);
            _covered = run.To;
        }

        if (!_writes) return;
        foreach (string path in Directory.GetFiles(_folder).Except(_runs.Select(run => run.Path), StringComparer.Ordinal)) File.Delete(path);
    }

    private void Write(long from, long to, Digest anchor)
    {
        string path = PathOf(from, to);
        IdRunWriter.Write(path, _frozen!.Sorted(), from, to, 0, anchor);
        lock (this)
        {
            _runs.Add(Reopened(path));
            _frozen = null;
        }

        while (_runs.Count >= FanIn && _runs[^FanIn].Level == _runs[^1].Level) Merge(_runs[^FanIn..]);
    }

    private void Merge(List<IdRun> four)
    {
        string path = PathOf(four[0].From, four[^1].To);
        IdRunWriter.Write(path, IdRunWriter.Merged(four), four[0].From, four[^1].To, four[0].Level + 1, four[^1].Anchor);
        IdRun merged = Reopened(path);
        lock (this)
        {
            _runs.RemoveRange(_runs.Count - FanIn, FanIn);
            _runs.Add(merged);
        }

        foreach (IdRun run in four)
        {
            run.Dispose();
            File.Delete(run.Path);
        }
    }

    private string PathOf(long from, long to) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{from:D16}-{to:D16}{IdRun.Extension}"));

    private static IdRun Reopened(string path) => IdRun.TryOpen(path) ?? throw new IOException($"{path} cannot be read back");
}
