using Ledger.Core.Events;

namespace Ledger.Host.Security;

/// <summary>Which permission states an event of a kind (specs/security.md).</summary>
internal static class KindScopes
{
    /// <summary>The permissions that let a client state events of any kind at all.</summary>
    public static IReadOnlyList<Scope> Any { get; } = [.. EventCatalogue.Kinds.Select(Of).OfType<Scope>().Distinct()];

    /// <summary>The permission for a kind; null for what the ledger alone states.</summary>
    public static Scope? Of(EventKind kind) => SourceOf(kind) is { } source ? Scope.Write(source) : null;

    private static ScopeSource? SourceOf(EventKind kind) => kind switch
    {
        EventKind.Viewed or EventKind.Liked or EventKind.Unliked or EventKind.Commented or EventKind.Shared
            or EventKind.ShareVisited or EventKind.Followed or EventKind.Unfollowed => ScopeSource.Activity,
        EventKind.BroadcastStarted or EventKind.BroadcastMinute or EventKind.BroadcastEnded or EventKind.PresenceMinute
            or EventKind.BroadcastDisputed => ScopeSource.Live,
        EventKind.Tipped or EventKind.TipRefunded or EventKind.GiftSent or EventKind.ContentPurchased
            or EventKind.AppPurchased or EventKind.BandwidthPurchased => ScopeSource.Payments,
        EventKind.VideoPublished or EventKind.ContentDeleted => ScopeSource.Content,
        EventKind.AccountOpened => ScopeSource.Accounts,
        EventKind.WalletLinked => ScopeSource.Wallets,
        EventKind.AccountSuspended => ScopeSource.Moderation,
        EventKind.SpaceOpened or EventKind.MemberInvited or EventKind.MemberApproved or EventKind.MemberLeft
            or EventKind.ProviderShareSet or EventKind.PromoterShareSet => ScopeSource.Spaces,
        EventKind.AllocationReleased or EventKind.AdRevenueReceived or EventKind.PoolToppedUp => ScopeSource.Funding,
        _ when kind.Origin() == EventOrigin.Ledger => null,
        _ => throw new InvalidOperationException($"nobody decided which scope states {kind}"),
    };
}
