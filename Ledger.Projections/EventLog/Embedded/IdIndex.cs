using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Where each event id stands in the log: what makes an append idempotent for ever, in memory that hardly grows.</summary>
/// <remarks>
/// Recent ids are in a table; when it is full it is written behind the writer's back as a run, and eight runs of a level become one of the next.
/// All of it is derived: what is missing, of another log or damaged is read again from the blocks. Any thread may look up, without a lock: it
/// sees one state, and states only ever follow each other. One thread adds and freezes, one (the same or another) writes what was frozen.
/// </remarks>
internal sealed class IdIndex : IDisposable
{
    public const string FolderName = "index";

    /// <summary>Slots of the table of recent ids; half of them make a run. The more, the less is written, merged and asked.</summary>
    public const int DefaultSlots = 1 << 22;

    private const int FanIn = 8;

    // A merge of many ids takes longer than a table takes to fill; the writer waits only when so many tables do.
    private const int WaitingMax = 2;

    // So many ids are looked up together that their cache misses overlap, and so few that what was fetched is still there.
    private const int Together = 64;

    private readonly string _folder;
    private readonly bool _writes;
    private readonly int _slots;
    private readonly Lock _gate = new(); // orders changes of the state
    private State _state = new(IdTable.For(0), [], []);
    private readonly Queue<Task> _behind = []; // writes under way and waiting, in order
    private IdTable? _spare; // in no state any more; made empty and used again by the thread that adds
    private long _covered;

    private IdIndex(string folder, bool writes, int slots) => (_folder, _writes, _slots) = (folder, writes, slots);

    /// <summary>Loads the runs that belong to this log, then the other ids from the blocks; a read-only index leaves the folder as it is.</summary>
    public static IdIndex Load(string folder, BlockReader reader, long head, bool writes, int slots = DefaultSlots)
    {
        IdIndex index = new(folder, writes, slots);
        if (writes) Directory.CreateDirectory(folder);
        index.OpenRuns(reader, head);
        index._state = index._state with { Recent = IdTable.For(Math.Min(head - index._covered, slots / 2)) };
        for (long position = index._covered; position < head;)
        {
            StoredBlock block = reader.Holding(position);
            reader.Part(block.Header, BlockPart.Ids, (index, block.Header), static (part, into) =>
            {
                into.index.AddBlock(part, into.Header);
                return 0;
            });
            position = block.Header.End;
            if (index.Freeze() is { } full) index.WriteBehind(full, position, block.Hash);
        }

        return index;
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(EventId id)
    {
        ulong high = (ulong)(id.Value >> 64);
        ulong low = unchecked((ulong)id.Value);
        ulong hash = IdEntry.HashOf(high, low);
        while (true)
        {
            State state = Volatile.Read(ref _state);
            long position = state.Recent.Find(high, low, hash);
            if (position < 0) position = Earlier(state, high, low, hash);

            // A table that left the state since may hold other ids by now: what was found in it means nothing.
            Interlocked.MemoryBarrier();
            if (ReferenceEquals(Volatile.Read(ref _state), state)) return position;
        }
    }

    /// <summary>
    /// Adds the ids that are new, in order, at positions from <paramref name="next"/> on. Entry i of <paramref name="standing"/> becomes the position
    /// of id i when it was added now, the complement (~) of the position where it stands when it was known. Returns how many were added.
    /// </summary>
    /// <param name="ids">16 bytes each, most significant first.</param>
    /// <param name="next">Position of the next event.</param>
    /// <param name="standing">One entry per id.</param>
    public int Add(ReadOnlySpan<byte> ids, long next, Span<long> standing)
    {
        Span<ulong> hashes = stackalloc ulong[Together];
        Span<bool> suspect = stackalloc bool[Together];
        State state = _state;
        long first = next;
        while (!standing.IsEmpty)
        {
            int count = Math.Min(Together, standing.Length);
            for (int i = 0; i < count; i++) hashes[i] = IdEntry.HashOf(High(ids, i), Low(ids, i));
            Suspects(state, hashes[..count], suspect);
            for (int i = 0; i < count; i++)
            {
                (ulong high, ulong low) = (High(ids, i), Low(ids, i));
                long known = suspect[i] ? Earlier(state, high, low, hashes[i]) : -1;
                if (known < 0) known = state.Recent.FindOrAdd(high, low, hashes[i], next);
                standing[i] = known < 0 ? next++ : ~known;
            }

            ids = ids[(count * EventId.SizeBytes)..];
            standing = standing[count..];
        }

        return (int)(next - first);
    }

    /// <summary>Takes the table of recent ids away when it is full, for <see cref="WriteBehind"/> once all its ids are in the log; null otherwise.</summary>
    /// <remarks>A read-only index keeps its full tables.</remarks>
    public IdTable? Freeze()
    {
        if (_state.Recent.Count < _slots / 2) return null;
        IdTable full = _state.Recent;
        IdTable? next = Interlocked.Exchange(ref _spare, null);
        next?.Clear();
        lock (_gate) _state = new State(next ?? new IdTable(_slots), [.. _state.Frozen, full], _state.Runs);
        return _writes ? full : null;
    }

    /// <summary>Makes a run of a frozen table, which holds exactly the ids from the last run to <paramref name="end"/>; the block that ends there is in the log.</summary>
    public void WriteBehind(IdTable full, long end, Digest blockHash)
    {
        // Memory must not grow without limit, and a failure must not pass.
        while (_behind.TryPeek(out Task? oldest) && (oldest.IsCompleted || _behind.Count == WaitingMax)) _behind.Dequeue().GetAwaiter().GetResult();

        long from = _covered;
        _covered = end;
        _behind.Enqueue(WriteAfterAsync(_behind.LastOrDefault() ?? Task.CompletedTask, full, from, end, blockHash));
    }

    public void Dispose()
    {
        foreach (Task write in _behind) write.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait();
        foreach (IdRun run in _state.Runs) run.Dispose();
    }

    private async Task WriteAfterAsync(Task before, IdTable full, long from, long end, Digest blockHash)
    {
        await before;
        await Task.Run(() => Write(full, from, end, blockHash));
    }

    private static ulong High(ReadOnlySpan<byte> ids, int index) => BinaryPrimitives.ReadUInt64BigEndian(ids[(index * EventId.SizeBytes)..]);

    private static ulong Low(ReadOnlySpan<byte> ids, int index) => BinaryPrimitives.ReadUInt64BigEndian(ids[((index * EventId.SizeBytes) + 8)..]);

    // Which ids may stand in a run or a frozen table. Nothing here waits for what a load brings, so the loads overlap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Suspects(State state, ReadOnlySpan<ulong> hashes, Span<bool> suspect)
    {
        Span<Vector256<ulong>> bits = stackalloc Vector256<ulong>[Together];
        ulong touched = 0;
        suspect.Clear();
        for (int i = 0; i < hashes.Length && i < bits.Length; i++)
        {
            touched |= state.Recent.Touch(hashes[i]);
            bits[i] = IdFilter.Bits(hashes[i]);
        }

        foreach (IdRun run in state.Runs) run.Filter.Mark(hashes, bits, suspect);
        foreach (IdTable frozen in state.Frozen)
        {
            foreach (ulong hash in hashes) touched |= frozen.Touch(hash);
            for (int i = 0; i < hashes.Length; i++) suspect[i] |= frozen.MayHold(hashes[i]);
        }

        GC.KeepAlive(touched);
    }

    private long Earlier(State state, ulong high, ulong low, ulong hash)
    {
        foreach (IdTable frozen in state.Frozen)
        {
            long position = frozen.Find(high, low, hash);
            if (position >= 0) return position;
        }

        for (int i = state.Runs.Length - 1; i >= 0; i--)
        {
            if (!state.Runs[i].Filter.MayHold(hash)) continue;
            long position = InRun(state.Runs[i], high, low, hash);
            if (position >= 0) return position;
        }

        return -1;
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
        long[] standing = new long[header.Count];
        if (Add(ids, header.FirstPosition, standing) == header.Count) return;
        int repeated = standing.AsSpan().IndexOfAnyInRange(long.MinValue, -1L);
        throw LogFaults.Checksum(header.FirstPosition, $"the id of event {header.FirstPosition + repeated} is also that of event {~standing[repeated]}");
    }

    // Runs must follow each other from 0 without a gap and end where blocks of this log end.
    private void OpenRuns(BlockReader reader, long head)
    {
        if (!Directory.Exists(_folder)) return;
        List<IdRun> believed = [];
        IdRun?[] runs = Task.WhenAll(Directory.GetFiles(_folder, "*" + IdRun.Extension).Select(path => Task.Run(() => IdRun.TryOpen(path)))).GetAwaiter().GetResult();
        foreach (IdRun run in runs.OfType<IdRun>().OrderBy(run => run.From).ThenByDescending(run => run.To))
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

            believed.Add(run);
            _covered = run.To;
        }

        _state = new State(_state.Recent, [], [.. believed]);
        if (!_writes) return;
        foreach (string path in Directory.GetFiles(_folder).Except(believed.Select(run => run.Path), StringComparer.Ordinal)) File.Delete(path);
    }

    private void Write(IdTable full, long from, long to, Digest anchor)
    {
        string path = PathOf(from, to);
        IdRunWriter.Write(path, full, from, to, anchor);
        IdRun written = Reopened(path);
        lock (_gate) _state = new State(_state.Recent, [.. _state.Frozen.Where(table => table != full)], [.. _state.Runs, written]);
        if (full.Slots == _slots) Interlocked.Exchange(ref _spare, full); // new memory for each table would have to be cleared, faulted in and collected
        while (_state.Runs is var runs && runs.Length >= FanIn && runs[^FanIn].Level == runs[^1].Level) Merge(runs[^FanIn..]);
    }

    private void Merge(IdRun[] level)
    {
        string path = PathOf(level[0].From, level[^1].To);
        IdRunWriter.Merge(path, level);
        IdRun merged = Reopened(path);
        lock (_gate) _state = new State(_state.Recent, _state.Frozen, [.. _state.Runs[..^FanIn], merged]);
        foreach (IdRun run in level) File.Delete(run.Path); // their handles close when nobody looks into them any more
    }

    private string PathOf(long from, long to) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{from:D16}-{to:D16}{IdRun.Extension}"));

    private static IdRun Reopened(string path) => IdRun.TryOpen(path) ?? throw new IOException($"{path} cannot be read back");

    /// <summary>Everything that is known at one moment: later tables and runs hold later positions, and none holds an id of another.</summary>
    private sealed record State(IdTable Recent, IdTable[] Frozen, IdRun[] Runs);
}
