namespace Ledger.Core.Events;

/// <summary>Every kind of event, with the code that its canonical bytes carry. Codes are never reused or renumbered.</summary>
/// <remarks>1–31 are activity: each ends with a verdict. The other ranges are a family each; see specs/events.md.</remarks>
public enum EventKind : ushort
{
    None = 0,

    Viewed = 1,
    Liked = 2,
    Unliked = 3,
    Commented = 4,
    Shared = 5,
    ShareVisited = 6,
    Followed = 7,
    Unfollowed = 8,
    BroadcastStarted = 9,
    BroadcastMinute = 10,
    BroadcastEnded = 11,
    PresenceMinute = 12,
    Tipped = 13,
    TipRefunded = 14,
    GiftSent = 15,
    ContentPurchased = 16,
    AppPurchased = 17,
    BandwidthPurchased = 18,
    VideoPublished = 19,

    ContentDeleted = 32,
    AccountOpened = 33,
    WalletLinked = 34,
    AccountSuspended = 35,

    SpaceOpened = 48,
    MemberInvited = 49,
    MemberApproved = 50,
    MemberLeft = 51,
    ProviderShareSet = 52,
    PromoterShareSet = 53,
    BroadcastDisputed = 54,

    GenesisAllocated = 64,
    AllocationReleased = 65,
    AdRevenueReceived = 66,
    PoolToppedUp = 67,

    RulesetAdopted = 80,

    WindowOpened = 96,
    WindowSealed = 97,
    WindowClosed = 98,
    DrawSeeded = 99,

    StatementIssued = 112,
    StatementFinalized = 113,

    SettlementPlanned = 128,
    SettlementSubmitted = 129,
    SettlementFinalized = 130,
    SettlementReorganized = 131,
    SettlementReserved = 132,
    SettlementSigned = 133,
    SettlementMined = 134,
    SettlementConfirmed = 135,
    SettlementFailed = 136,
    SettlementHalted = 137,
    SettlementResumed = 138,
    SettlementSettled = 139,
    SettlementReleased = 140,

    ChainPaid = 144,
    ChainTransferred = 145,
    ChainFollowed = 146,
    ChainReconciled = 147,
}

/// <summary>Questions about kinds that more than one room asks.</summary>
public static class EventKinds
{
    /// <summary>One past the largest activity code; tables indexed by activity kind have this size.</summary>
    public const int ActivityCount = 20;

    /// <summary>Whether an event of this kind ends with a verdict.</summary>
    public static bool IsActivity(this EventKind kind) => kind is > EventKind.None and <= EventKind.VideoPublished;

    /// <summary>
    /// Whether stores keep this kind in columns: the high-volume kinds that are fully told by account, target and one number.
    /// </summary>
    public static bool IsColumnar(this EventKind kind) => kind is EventKind.Viewed or EventKind.Liked or EventKind.Commented
        or EventKind.Shared or EventKind.Followed or EventKind.BroadcastMinute or EventKind.PresenceMinute;

    /// <summary>Whether the event moves tokens out of the acting account.</summary>
    public static bool IsPayment(this EventKind kind) => kind is EventKind.Tipped or EventKind.GiftSent
        or EventKind.ContentPurchased or EventKind.AppPurchased or EventKind.BandwidthPurchased;
}
