using System.Buffers;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>A contribution sheet as bytes, ids as ordinals: they serve only a log whose names have the same.</summary>
/// <remarks>Little-endian, column after column in the order of the sheet's members, each count (4) before its rows.</remarks>
public static class SheetBytes
{
    /// <summary>The sheet's bytes.</summary>
    public static byte[] Of(ContributionSheet sheet)
    {
        ArrayBufferWriter<byte> bytes = new(1 << 16);
        using CanonicalBuffer output = new(bytes);
        Write(sheet.Account, output.Int32);
        Write(sheet.PointsMicro, output.Int64);
        Write(sheet.TeamPointsMicro, output.Int64);
        Write(sheet.Creator, output.Int32);
        foreach (uint[] column in new[] { sheet.Posts, sheet.BroadcastMinutes, sheet.OwnReplies }) Write(column, Count);
        Write(sheet.NetFollowers, output.Int32);
        foreach (uint[] column in new[] { sheet.Viewers, sheet.Likers, sheet.Commenters, sheet.Tippers, sheet.Sharers }) Write(column, Count);
        Write(sheet.CategoryCreatorIndex, output.Int32);
        Write(sheet.Category, output.Text);
        Write(sheet.CategoryPosts, Count);
        Write(sheet.Metrics, output.UInt64);
        Write(sheet.Verdicts, output.UInt64);
        output.Finish();
        return bytes.WrittenSpan.ToArray();

        void Count(uint value) => output.Int32(unchecked((int)value));

        void Write<T>(T[] column, Action<T> write)
        {
            output.Int32(column.Length);
            foreach (T value in column) write(value);
        }
    }

    /// <summary>Takes back what <see cref="Of"/> gave.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>: these are no sheet's bytes.</exception>
    public static ContributionSheet Read(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader input = new(bytes);
        ContributionSheet sheet = new()
        {
            Account = Int32s(ref input),
            PointsMicro = Int64s(ref input),
            TeamPointsMicro = Int64s(ref input),
            Creator = Int32s(ref input),
            Posts = Counts(ref input),
            BroadcastMinutes = Counts(ref input),
            OwnReplies = Counts(ref input),
            NetFollowers = Int32s(ref input),
            Viewers = Counts(ref input),
            Likers = Counts(ref input),
            Commenters = Counts(ref input),
            Tippers = Counts(ref input),
            Sharers = Counts(ref input),
            CategoryCreatorIndex = Int32s(ref input),
            Category = Texts(ref input),
            CategoryPosts = Counts(ref input),
            Metrics = UInt64s(ref input),
            Verdicts = UInt64s(ref input),
        };
        input.RequireEnd();
        return sheet;
    }

    private static int[] Int32s(ref CanonicalReader input)
    {
        int[] column = new int[input.Count()];
        for (int i = 0; i < column.Length; i++) column[i] = input.Int32();
        return column;
    }

    private static uint[] Counts(ref CanonicalReader input) => Array.ConvertAll(Int32s(ref input), count => unchecked((uint)count));

    private static long[] Int64s(ref CanonicalReader input)
    {
        long[] column = new long[input.Count()];
        for (int i = 0; i < column.Length; i++) column[i] = input.Int64();
        return column;
    }

    private static ulong[] UInt64s(ref CanonicalReader input) => Array.ConvertAll(Int64s(ref input), value => unchecked((ulong)value));

    private static string[] Texts(ref CanonicalReader input)
    {
        string[] column = new string[input.Count()];
        for (int i = 0; i < column.Length; i++) column[i] = input.Text();
        return column;
    }
}
