namespace Ledger.Core.Events;

/// <summary>Every kind and schema version this build can read, with its wire name.</summary>
public static class EventCatalogue
{
    private static readonly Dictionary<EventKind, Entry> ByKind = Build();
    private static readonly Dictionary<string, EventKind> ByName = ByKind.ToDictionary(e => e.Value.Name, e => e.Key, StringComparer.Ordinal);

    /// <summary>The kinds, by code.</summary>
    public static IReadOnlyList<EventKind> Kinds { get; } = [.. ByKind.Keys.Order()];

    /// <summary>The kind's name in JSON and in documents, e.g. <c>share-visited</c>.</summary>
    public static string Name(EventKind kind) => ByKind[kind].Name;

    /// <summary>The newest schema version of a kind; this build reads every version from 1 to it.</summary>
    public static byte Version(EventKind kind) => ByKind[kind].Version;

    /// <summary>The kind of a name, or false when the name is unknown.</summary>
    public static bool TryKind(string name, out EventKind kind) => ByName.TryGetValue(name, out kind);

    /// <summary>Reads the payload of a kind and version.</summary>
    /// <exception cref="EventFormatException"><c>unknown-kind</c> or <c>unknown-version</c>, or what the reader found.</exception>
    public static EventPayload Read(EventKind kind, byte version, IFieldReader fields)
    {
        if (!ByKind.TryGetValue(kind, out Entry? entry))
            throw new EventFormatException("unknown-kind", null, $"kind {(ushort)kind} is not in this build's catalogue; use a newer build");
        if (version == 0 || version > entry.Version)
            throw new EventFormatException("unknown-version", null, $"{entry.Name} version {version}; this build reads 1 to {entry.Version}; use a newer build");
        return entry.Read(fields, version);
    }

    private static Dictionary<EventKind, Entry> Build()
    {
        Dictionary<EventKind, Entry> entries = [];
        Add(EventKind.Viewed, Viewed.Read);
        Add(EventKind.Liked, Liked.Read);
        Add(EventKind.Unliked, Unliked.Read);
        Add(EventKind.Commented, Commented.Read);
        Add(EventKind.Shared, Shared.Read);
        Add(EventKind.ShareVisited, ShareVisited.Read);
        Add(EventKind.Followed, Followed.Read);
        Add(EventKind.Unfollowed, Unfollowed.Read);
        Add(EventKind.BroadcastStarted, BroadcastStarted.Read);
        Add(EventKind.BroadcastMinute, BroadcastMinute.Read);
        Add(EventKind.BroadcastEnded, BroadcastEnded.Read);
        Add(EventKind.PresenceMinute, PresenceMinute.Read);
        Add(EventKind.Tipped, Tipped.Read);
        Add(EventKind.TipRefunded, TipRefunded.Read);
        Add(EventKind.GiftSent, GiftSent.Read);
        Add(EventKind.ContentPurchased, ContentPurchased.Read);
        Add(EventKind.AppPurchased, AppPurchased.Read);
        Add(EventKind.BandwidthPurchased, BandwidthPurchased.Read);
        AddVersioned(EventKind.VideoPublished, 2, VideoPublished.Read);
        Add(EventKind.ContentDeleted, ContentDeleted.Read);
        Add(EventKind.AccountOpened, AccountOpened.Read);
        Add(EventKind.WalletLinked, WalletLinked.Read);
        Add(EventKind.AccountSuspended, AccountSuspended.Read);
        Add(EventKind.SpaceOpened, SpaceOpened.Read);
        Add(EventKind.MemberInvited, MemberInvited.Read);
        Add(EventKind.MemberApproved, MemberApproved.Read);
        Add(EventKind.MemberLeft, MemberLeft.Read);
        Add(EventKind.ProviderShareSet, ProviderShareSet.Read);
        Add(EventKind.PromoterShareSet, PromoterShareSet.Read);
        Add(EventKind.GenesisAllocated, GenesisAllocated.Read);
        Add(EventKind.AllocationReleased, AllocationReleased.Read);
        Add(EventKind.AdRevenueReceived, AdRevenueReceived.Read);
        Add(EventKind.PoolToppedUp, PoolToppedUp.Read);
        Add(EventKind.RulesetAdopted, RulesetAdopted.Read);
        Add(EventKind.WindowOpened, WindowOpened.Read);
        Add(EventKind.WindowSealed, WindowSealed.Read);
        Add(EventKind.WindowClosed, WindowClosed.Read);
        Add(EventKind.DrawSeeded, DrawSeeded.Read);
        Add(EventKind.StatementIssued, StatementIssued.Read);
        Add(EventKind.StatementFinalized, StatementFinalized.Read);
        Add(EventKind.SettlementPlanned, SettlementPlanned.Read);
        Add(EventKind.SettlementSubmitted, SettlementSubmitted.Read);
        Add(EventKind.SettlementFinalized, SettlementFinalized.Read);
        Add(EventKind.SettlementReorganized, SettlementReorganized.Read);
        Add(EventKind.SettlementReserved, SettlementReserved.Read);
        Add(EventKind.SettlementSigned, SettlementSigned.Read);
        Add(EventKind.SettlementMined, SettlementMined.Read);
        Add(EventKind.SettlementConfirmed, SettlementConfirmed.Read);
        Add(EventKind.SettlementFailed, SettlementFailed.Read);
        Add(EventKind.SettlementHalted, SettlementHalted.Read);
        Add(EventKind.SettlementResumed, SettlementResumed.Read);
        Add(EventKind.SettlementSettled, SettlementSettled.Read);
        Add(EventKind.SettlementReleased, SettlementReleased.Read);
        Add(EventKind.ChainPaid, ChainPaid.Read);
        Add(EventKind.ChainTransferred, ChainTransferred.Read);
        Add(EventKind.ChainFollowed, ChainFollowed.Read);
        Add(EventKind.ChainReconciled, ChainReconciled.Read);
        return entries;

        void Add(EventKind kind, Func<IFieldReader, EventPayload> read) => AddVersioned(kind, 1, (fields, _) => read(fields));

        void AddVersioned(EventKind kind, byte newest, Func<IFieldReader, byte, EventPayload> read) => entries.Add(kind, new Entry(KebabCase(kind.ToString()), newest, read));
    }

    private static string KebabCase(string pascal)
    {
        System.Text.StringBuilder kebab = new();
        for (int i = 0; i < pascal.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(pascal[i])) kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(pascal[i]));
        }

        return kebab.ToString();
    }

    private sealed record Entry(string Name, byte Version, Func<IFieldReader, byte, EventPayload> Read);
}
