using System.IO.Hashing;
using System.Runtime.InteropServices;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Writes a run; the name appears only when the file is whole.</summary>
internal static class IdRunWriter
{
    /// <param name="path">The file to make.</param>
    /// <param name="entries">Exactly the ids of positions from <paramref name="from"/> to <paramref name="to"/>, ordered by hash.</param>
    /// <param name="from">First position.</param>
    /// <param name="to">Position after the last.</param>
    /// <param name="level">How often they were merged.</param>
    /// <param name="anchor">Hash of the block that ends at <paramref name="to"/>.</param>
    public static void Write(string path, IEnumerable<IdEntry> entries, long from, long to, int level, Digest anchor)
    {
        ulong[] filter = new ulong[IdRun.FilterWords(to - from)];
        List<ulong> firsts = [];
        string unfinished = path + ".new";
        using (FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            byte[] page = new byte[IdRun.PageBytes];
            int used = 0;
            foreach (IdEntry entry in entries)
            {
                ulong hash = entry.Hash;
                filter[IdRun.WordOf(hash, filter.Length)] |= IdRun.BitsOf(hash);
                if (used == 0) firsts.Add(hash);
                MemoryMarshal.Cast<byte, IdEntry>(page.AsSpan(8))[used++] = entry;
                if (used == IdRun.PageEntries) used = Flush(file, page);
            }

            if (used > 0) Flush(file, page);
            byte[] tail = new byte[((firsts.Count + filter.Length) * 8) + IdRun.FooterBytes];
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(tail.AsSpan());
            CollectionsMarshal.AsSpan(firsts).CopyTo(words);
            filter.CopyTo(words[firsts.Count..]);
            Span<ulong> footer = words[(firsts.Count + filter.Length)..];
            (footer[0], footer[1], footer[2], footer[3], footer[4]) = ((ulong)from, (ulong)to, (ulong)firsts.Count, (ulong)filter.Length, (ulong)level);
            anchor.WriteTo(MemoryMarshal.AsBytes(footer[5..]));
            footer[9] = IdRun.Magic;
            footer[10] = XxHash3.HashToUInt64(tail.AsSpan(0, tail.Length - 8));
            file.Write(tail);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Several ordered runs as one.</summary>
    public static IEnumerable<IdEntry> Merged(IReadOnlyList<IdRun> runs)
    {
        PriorityQueue<IEnumerator<IdEntry>, ulong> next = new();
        foreach (IdRun run in runs)
        {
            IEnumerator<IdEntry> entries = run.Entries().GetEnumerator();
            if (entries.MoveNext()) next.Enqueue(entries, entries.Current.Hash);
        }

        while (next.TryPeek(out IEnumerator<IdEntry>? entries, out _))
        {
            yield return entries.Current;
            if (entries.MoveNext()) next.DequeueEnqueue(entries, entries.Current.Hash);
            else next.Dequeue();
        }
    }

    private static int Flush(FileStream file, byte[] page)
    {
        MemoryMarshal.Write(page, XxHash3.HashToUInt64(page.AsSpan(8)));
        file.Write(page);
        Array.Clear(page);
        return 0;
    }
}
