using Ledger.Core.Identity;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Contents;

/// <summary>A video.</summary>
/// <param name="Content">Its id.</param>
/// <param name="PublishedAt">Position of its publication; null when only its deletion is known.</param>
/// <param name="PublishedMs">When it was published, Unix milliseconds.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Space">Where it is shown.</param>
/// <param name="Category">What it is about.</param>
/// <param name="DurationSeconds">Its length.</param>
/// <param name="Cid">Its bytes' name in IPFS, where the publication states one.</param>
/// <param name="DeletedAt">Position of its deletion.</param>
public sealed record ContentRow(
    string Content, long? PublishedAt, long? PublishedMs, string? Owner, string? Space, string? Category, uint? DurationSeconds, string? Cid, long? DeletedAt);

/// <summary>What is asked of videos. Lists are in the order of id bytes, after one.</summary>
public static class ContentQueries
{
    private const string Columns = "SELECT id, published_at, published_ms, owner, space, category, duration_s, cid, deleted_at FROM content";

    /// <summary>A video, or null when the log says nothing of it.</summary>
    public static ContentRow? Content(this ViewReader views, ContentId id) => ViewReader.First(views.Query($"{Columns} WHERE id = ?1").Bind(1, id.Value), Row);

    /// <summary>All videos.</summary>
    public static IReadOnlyList<ContentRow> Contents(this ViewReader views, string after, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit), Row);

    /// <summary>A space's videos.</summary>
    public static IReadOnlyList<ContentRow> ContentsOf(this ViewReader views, SpaceId space, string after, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE space = ?1 AND id > ?2 ORDER BY id LIMIT ?3").Bind(1, space.Value).Bind(2, after).Bind(3, limit), Row);

    /// <summary>An account's videos.</summary>
    public static IReadOnlyList<ContentRow> ContentsOf(this ViewReader views, AccountId owner, string after, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE owner = ?1 AND id > ?2 ORDER BY id LIMIT ?3").Bind(1, owner.Value).Bind(2, after).Bind(3, limit), Row);

    private static ContentRow Row(SqliteStatement row) => new(
        row.Text(0), row.Int64OrNull(1), row.Int64OrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), (uint?)row.Int64OrNull(6), row.TextOrNull(7), row.Int64OrNull(8));
}
