using System.IO.Hashing;
using System.Runtime.InteropServices;
using Ledger.Core.Merkle;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The ids of a range of positions in one immutable file, ordered by hash: in memory only a filter and the first hash of every page.</summary>
/// <remarks>
/// Derived from the blocks and bound to them by the hash of the block that ends the range; whatever is wrong with a run, it is deleted and made again.
/// Layout: pages of 4,096 bytes (XXH3 of the rest, then up to 170 entries of 24 bytes), first hashes (8 each), the words of an <see cref="IdFilter"/>
/// (8 each), and 88 bytes: from, to, pages, words, level (8 each), the block's hash (32), "LIR2" and four zero bytes, XXH3 of everything after the pages.
/// Any thread may look up.
/// </remarks>
internal sealed class IdRun : IDisposable
{
    public const string Extension = ".ids";

    internal const int PageBytes = 4096;
    internal const int PageEntries = 170;
    internal const int FooterBytes = 88;
    internal const ulong Magic = 0x3252494c; // "LIR2"

    private const int PortionBytes = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly ulong[] _firsts;

    private IdRun(SafeFileHandle file, string path, ulong[] firsts, IdFilter filter, ReadOnlySpan<long> footer, Digest anchor)
    {
        (_file, Path, _firsts, Filter, Anchor) = (file, path, firsts, filter, anchor);
        (From, To, Level) = (footer[0], footer[1], (int)footer[4]);
    }

    public string Path { get; }

    /// <summary>First position covered.</summary>
    public long From { get; }

    /// <summary>Position after the last one covered.</summary>
    public long To { get; }

    /// <summary>How often its ids were merged.</summary>
    public int Level { get; }

    /// <summary>Hash of the block that ends at <see cref="To"/>.</summary>
    public Digest Anchor { get; }

    /// <summary>Asked before <see cref="Find"/>.</summary>
    public IdFilter Filter { get; }

    /// <summary>Opens a run, or returns null when the file is not a sound one.</summary>
    public static IdRun? TryOpen(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            long length = RandomAccess.GetLength(file);
            byte[] tail = new byte[FooterBytes];
            if (length < FooterBytes || RandomAccess.Read(file, tail, length - FooterBytes) != FooterBytes) return Closed(file);
            long[] footer = MemoryMarshal.Cast<byte, long>(tail).ToArray();
            long afterPages = length - (footer[2] * PageBytes);
            if (footer[9] != (long)Magic || footer[2] is < 0 or > int.MaxValue / 8 || footer[3] is < 4 or > int.MaxValue / 8 || afterPages != ((footer[2] + footer[3]) * 8) + FooterBytes)
                return Closed(file);
            ulong[] firsts = GC.AllocateUninitializedArray<ulong>((int)footer[2]);
            ArraySegment<ulong> filter = LargePages.Allocate<ulong>((int)footer[3]);
            XxHash3 checksum = new();
            if (!TryRead(file, firsts, footer[2] * PageBytes, checksum) || !TryRead(file, filter, footer[2] * (PageBytes + sizeof(ulong)), checksum)) return Closed(file);
            checksum.Append(tail.AsSpan(0, FooterBytes - sizeof(ulong)));
            return checksum.GetCurrentHashAsUInt64() == unchecked((ulong)footer[10])
                ? new IdRun(file, path, firsts, new IdFilter(filter), footer, Digest.FromBytes(tail.AsSpan(40, Digest.SizeBytes)))
                : Closed(file);
        }
        catch (IOException)
        {
            return Closed(file);
        }
    }

    /// <summary>The position of an id, or −1.</summary>
    /// <exception cref="InvalidDataException">A page does not match its checksum.</exception>
    public long Find(ulong high, ulong low, ulong hash)
    {
        int page = Array.BinarySearch(_firsts, hash);
        page = page < 0 ? ~page - 1 : page;
        while (page > 0 && _firsts[page] == hash) page--; // equal hashes may begin on the page before
        Span<byte> buffer = stackalloc byte[PageBytes];
        for (page = Math.Max(page, 0); page < _firsts.Length && _firsts[page] <= hash; page++)
        {
            foreach (IdEntry entry in Page(page, buffer))
            {
                if (entry.IdLow == low && entry.IdHigh == high) return entry.Position;
            }
        }

        return -1;
    }

    /// <summary>The entries of a page in order, in <paramref name="buffer"/>; empty after the last page.</summary>
    /// <exception cref="InvalidDataException">The page does not match its checksum.</exception>
    public ReadOnlySpan<IdEntry> Page(int page, Span<byte> buffer)
    {
        return Read(page, buffer[..PageBytes]) == 0 ? [] : Entries(page, buffer[..PageBytes]);
    }

    /// <summary>Reads as many pages from <paramref name="page"/> on as there are and <paramref name="buffer"/> holds; gives their number.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than it was.</exception>
    public int Read(int page, Span<byte> buffer)
    {
        int pages = Math.Min(buffer.Length / PageBytes, _firsts.Length - page);
        if (pages <= 0) return 0;
        Span<byte> wanted = buffer[..(pages * PageBytes)];
        return RandomAccess.Read(_file, wanted, (long)page * PageBytes) == wanted.Length ? pages : throw Damaged(page);
    }

    /// <summary>The entries in the bytes of a page.</summary>
    /// <exception cref="InvalidDataException">The page does not match its checksum.</exception>
    public ReadOnlySpan<IdEntry> Entries(int page, ReadOnlySpan<byte> bytes)
    {
        if (XxHash3.HashToUInt64(bytes[8..]) != MemoryMarshal.Read<ulong>(bytes)) throw Damaged(page);
        long left = To - From - ((long)page * PageEntries);
        return MemoryMarshal.Cast<byte, IdEntry>(bytes.Slice(8, (int)Math.Min(left, PageEntries) * IdEntry.SizeBytes));
    }

    public void Dispose() => _file.Dispose();

    // In portions that are still in a core's cache when they are hashed.
    private static bool TryRead(SafeFileHandle file, Span<ulong> words, long at, XxHash3 checksum)
    {
        for (Span<byte> left = MemoryMarshal.AsBytes(words); !left.IsEmpty;)
        {
            Span<byte> portion = left[..Math.Min(left.Length, PortionBytes)];
            if (RandomAccess.Read(file, portion, at) != portion.Length) return false;
            checksum.Append(portion);
            at += portion.Length;
            left = left[portion.Length..];
        }

        return true;
    }

    private InvalidDataException Damaged(int page) => new($"page {page} of {Path} does not match its checksum");

    private static IdRun? Closed(SafeFileHandle? file)
    {
        file?.Dispose();
        return null;
    }
}
