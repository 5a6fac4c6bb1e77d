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
        using CanonicalBuffer writer = new();
        foreach (ulong metric in sheet.Metrics) writer.UInt64(metric);
        foreach (ulong verdict in sheet.Verdicts) writer.UInt64(verdict);
        writer.Int32(sheet.Account.Length);
        for (int i = 0; i < sheet.Account.Length; i++)
        {
            writer.Id(names.Bytes(sheet.Account[i]));
            writer.Int64(sheet.PointsMicro[i]);
            writer.Int64(sheet.TeamPointsMicro[i]);
        }

        uint[][] counts = [sheet.Posts, sheet.BroadcastMinutes, sheet.OwnReplies, Array.ConvertAll(sheet.NetFollowers, n => unchecked((uint)n)),
            sheet.Viewers, sheet.Likers, sheet.Commenters, sheet.Tippers, sheet.Sharers];
        writer.Int32(sheet.Creator.Length);
        for (int i = 0; i < sheet.Creator.Length; i++)
        {
            writer.Id(names.Bytes(sheet.Creator[i]));
            foreach (uint[] column in counts) writer.Int32(unchecked((int)column[i]));
        }

        writer.Int32(sheet.Category.Length);
        for (int i = 0; i < sheet.Category.Length; i++)
        {
            writer.Int32(sheet.CategoryCreatorIndex[i]);
            writer.Text(sheet.Category[i]);
            writer.Int32(unchecked((int)sheet.CategoryPosts[i]));
        }

        return writer.Finish();
    }
}
