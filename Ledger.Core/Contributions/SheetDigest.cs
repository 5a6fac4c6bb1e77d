using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>SHA-256 over a contribution sheet's canonical bytes: what a window's close commits to.</summary>
/// <remarks>
/// Little-endian: metrics and verdicts (8 bytes each); the number of accounts (4), then per account its id (length byte, UTF-8), points and team points (8 each);
/// the number of creators (4), then per creator its id and its nine counts (4 each) in the order of the sheet's columns;
/// the number of category rows (4), then per row the creator's index (4), the category (2-byte length, UTF-8) and posts (4).
/// </remarks>
public static class SheetDigest
{
    public static Digest Of(ContributionSheet sheet, NameTable names)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Writer writer = new(hash);
        foreach (ulong metric in sheet.Metrics) writer.UInt64(metric);
        foreach (ulong verdict in sheet.Verdicts) writer.UInt64(verdict);
        writer.UInt32((uint)sheet.Account.Length);
        for (int i = 0; i < sheet.Account.Length; i++)
        {
            writer.Id(names.Bytes(sheet.Account[i]));
            writer.UInt64((ulong)sheet.PointsMicro[i]);
            writer.UInt64((ulong)sheet.TeamPointsMicro[i]);
        }

        uint[][] counts = [sheet.Posts, sheet.BroadcastMinutes, sheet.OwnReplies, Array.ConvertAll(sheet.NetFollowers, n => unchecked((uint)n)),
            sheet.Viewers, sheet.Likers, sheet.Commenters, sheet.Tippers, sheet.Sharers];
        writer.UInt32((uint)sheet.Creator.Length);
        for (int i = 0; i < sheet.Creator.Length; i++)
        {
            writer.Id(names.Bytes(sheet.Creator[i]));
            foreach (uint[] column in counts) writer.UInt32(column[i]);
        }

        writer.UInt32((uint)sheet.Category.Length);
        for (int i = 0; i < sheet.Category.Length; i++)
        {
            writer.UInt32((uint)sheet.CategoryCreatorIndex[i]);
            writer.Text(sheet.Category[i]);
            writer.UInt32(sheet.CategoryPosts[i]);
        }

        writer.Flush();
        Span<byte> digest = stackalloc byte[Digest.SizeBytes];
        hash.GetHashAndReset(digest);
        return Digest.FromBytes(digest);
    }

    // Hashing a few bytes at a time costs more than the hash; this gathers them.
    private sealed class Writer(IncrementalHash hash)
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private int _used;

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
            _used += 4;
        }

        public void UInt64(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
            _used += 8;
        }

        public void Id(ReadOnlySpan<byte> utf8)
        {
            Span<byte> room = Room(1 + utf8.Length);
            room[0] = (byte)utf8.Length;
            utf8.CopyTo(room[1..]);
            _used += 1 + utf8.Length;
        }

        public void Text(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Span<byte> room = Room(2 + utf8.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)utf8.Length);
            utf8.CopyTo(room[2..]);
            _used += 2 + utf8.Length;
        }

        public void Flush()
        {
            hash.AppendData(_buffer, 0, _used);
            _used = 0;
        }

        private Span<byte> Room(int size)
        {
            if (_used + size > _buffer.Length) Flush();
            return _buffer.AsSpan(_used);
        }
    }
}
