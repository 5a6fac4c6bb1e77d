using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Writes a run; the name appears only when the file is whole.</summary>
internal sealed class IdRunWriter : IDisposable
{
    private const string Unfinished = ".new";

    private readonly string _path;
    private readonly FileStream _file;
    private readonly IdFilter _filter;
    private readonly List<ulong> _firsts = [];
    private readonly byte[] _page = new byte[IdRun.PageBytes];
    private int _used;

    private IdRunWriter(string path, long ids)
    {
        _path = path;
        _file = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _filter = IdFilter.For(ids);
    }

    /// <param name="path">The file to make.</param>
    /// <param name="table">Exactly the ids of positions from <paramref name="from"/> to <paramref name="to"/>.</param>
    /// <param name="from">First position.</param>
    /// <param name="to">Position after the last.</param>
    /// <param name="anchor">Hash of the block that ends at <paramref name="to"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(string path, IdTable table, long from, long to, Digest anchor)
    {
        using IdRunWriter writer = new(path, to - from);
        IdTableReader reader = new(table);
        while (reader.Read())
        {
            for (int i = 0; i < reader.Entries.Length; i++) writer.Add(reader.Entries[i], reader.Hashes[i]);
        }

        writer.Finish(from, to, 0, anchor);
    }

    /// <summary>Writes several runs that follow each other as one of the next level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // called seldom and for long: it would never be compiled anew
    public static void Merge(string path, ReadOnlySpan<IdRun> runs)
    {
        using IdRunWriter writer = new(path, runs[^1].To - runs[0].From);
        Cursor[] cursors = new Cursor[runs.Length];
        int count = 0;
        foreach (IdRun run in runs)
        {
            Cursor cursor = new(run);
            if (cursor.Next()) cursors[count++] = cursor;
        }

        while (count > 0)
        {
            Cursor smallest = cursors[0];
            int at = 0;
            for (int i = 1; i < count; i++)
            {
                if (cursors[i].Hash >= smallest.Hash) continue;
                (smallest, at) = (cursors[i], i);
            }

            writer.Add(smallest.Entry, smallest.Hash);
            if (!smallest.Next()) cursors[at] = cursors[--count];
        }

        writer.Finish(runs[0].From, runs[^1].To, runs[0].Level + 1, runs[^1].Anchor);
    }

    public void Dispose() => _file.Dispose();

    private void Add(in IdEntry entry, ulong hash)
    {
        _filter.Add(hash);
        if (_used == 0) _firsts.Add(hash);
        MemoryMarshal.Cast<byte, IdEntry>(_page.AsSpan(8))[_used++] = entry;
        if (_used == IdRun.PageEntries) Flush();
    }

    private void Finish(long from, long to, int level, Digest anchor)
    {
        if (_used > 0) Flush();
        byte[] tail = new byte[((_firsts.Count + _filter.Words.Length) * 8) + IdRun.FooterBytes];
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(tail.AsSpan());
        CollectionsMarshal.AsSpan(_firsts).CopyTo(words);
        _filter.Words.CopyTo(words[_firsts.Count..]);
        Span<ulong> footer = words[(_firsts.Count + _filter.Words.Length)..];
        (footer[0], footer[1], footer[2], footer[3], footer[4]) = ((ulong)from, (ulong)to, (ulong)_firsts.Count, (ulong)_filter.Words.Length, (ulong)level);
        anchor.WriteTo(MemoryMarshal.AsBytes(footer[5..]));
        footer[9] = IdRun.Magic;
        footer[10] = XxHash3.HashToUInt64(tail.AsSpan(0, tail.Length - 8));
        _file.Write(tail);
        _file.Dispose();
        File.Move(_path + Unfinished, _path, overwrite: true);
    }

    private void Flush()
    {
        MemoryMarshal.Write(_page, XxHash3.HashToUInt64(_page.AsSpan(8)));
        _file.Write(_page);
        Array.Clear(_page);
        _used = 0;
    }

    /// <summary>One run being read in order, many pages at a time: each would be a system call.</summary>
    private sealed class Cursor(IdRun run)
    {
        private const int PagesTogether = 32;

        private readonly byte[] _buffer = new byte[PagesTogether * IdRun.PageBytes];
        private int _first; // the page that the buffer begins with
        private int _pages;
        private int _page; // in the buffer
        private int _next;
        private int _count;

        public ref readonly IdEntry Entry => ref MemoryMarshal.Cast<byte, IdEntry>(_buffer.AsSpan((_page * IdRun.PageBytes) + sizeof(ulong)))[_next - 1];

        public ulong Hash { get; private set; }

        public bool Next()
        {
            if (_next == _count && !NextPage()) return false;
            _next++;
            Hash = Entry.Hash;
            return true;
        }

        private bool NextPage()
        {
            if (++_page >= _pages)
            {
                _first += _pages;
                (_page, _pages) = (0, run.Read(_first, _buffer));
                if (_pages == 0) return false;
            }

            _count = run.Entries(_first + _page, _buffer.AsSpan(_page * IdRun.PageBytes, IdRun.PageBytes)).Length;
            _next = 0;
            return _count > 0;
        }
    }
}
