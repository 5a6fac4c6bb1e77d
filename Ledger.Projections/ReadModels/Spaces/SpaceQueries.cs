using Ledger.Core.Identity;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Spaces;

/// <summary>A space.</summary>
/// <param name="Space">Its id.</param>
/// <param name="OpenedAt">Position of its opening; null when it was never opened.</param>
/// <param name="Provider">Who provides it.</param>
/// <param name="ProviderShareBps">The provider's share as set, basis points; null: the ruleset's.</param>
/// <param name="PromoterShareBps">The promoter's share as set, basis points; null: none.</param>
public sealed record SpaceRow(string Space, long? OpenedAt, string? Provider, uint? ProviderShareBps, uint? PromoterShareBps);

/// <summary>Somebody's place in a space's team.</summary>
/// <param name="Space">Which space.</param>
/// <param name="Account">Who.</param>
/// <param name="InvitedAt">Position of the invitation.</param>
/// <param name="ApprovedAt">Position of the approval; null while there is only an invitation.</param>
public sealed record MemberRow(string Space, string Account, long? InvitedAt, long? ApprovedAt);

/// <summary>What is asked of spaces.</summary>
public static class SpaceQueries
{
    private const string Columns = "SELECT id, opened_at, provider, provider_share_bps, promoter_share_bps FROM space";
    private const string MemberColumns = "SELECT space, account, invited_at, approved_at FROM member";

    /// <summary>A space, or null when the log says nothing of it.</summary>
    public static SpaceRow? Space(this ViewReader views, SpaceId id) => ViewReader.First(views.Query($"{Columns} WHERE id = ?1").Bind(1, id.Value), Row);

    /// <summary>Spaces in the order of their id bytes, after one.</summary>
    public static IReadOnlyList<SpaceRow> Spaces(this ViewReader views, string after, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit), Row);

    /// <summary>A space's team in the order of id bytes, after somebody.</summary>
    public static IReadOnlyList<MemberRow> Members(this ViewReader views, SpaceId space, string after, int limit) => ViewReader.List(
        views.Query($"{MemberColumns} WHERE space = ?1 AND account > ?2 ORDER BY account LIMIT ?3").Bind(1, space.Value).Bind(2, after).Bind(3, limit), Member);

    /// <summary>The spaces that invited or approved an account.</summary>
    public static IReadOnlyList<MemberRow> Memberships(this ViewReader views, AccountId account, string after, int limit) => ViewReader.List(
        views.Query($"{MemberColumns} WHERE account = ?1 AND space > ?2 ORDER BY space LIMIT ?3").Bind(1, account.Value).Bind(2, after).Bind(3, limit), Member);

    private static SpaceRow Row(SqliteStatement row) => new(row.Text(0), row.Int64OrNull(1), row.TextOrNull(2), (uint?)row.Int64OrNull(3), (uint?)row.Int64OrNull(4));

    private static MemberRow Member(SqliteStatement row) => new(row.Text(0), row.Text(1), row.Int64OrNull(2), row.Int64OrNull(3));
}
