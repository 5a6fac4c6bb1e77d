using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Ingest;

/// <summary>Every bound of specs/ingest.md: the last value inside is taken, the first one outside is refused by code and field.</summary>
public sealed class SubmissionRulesTests
{
    private static readonly UnixMs Noon = UnixMs.From(1_795_348_800_000);
    private static readonly AccountId Ann = new("ann");
    private static readonly ContentId Clip = new("clip");
    private static readonly SpaceId Stage = new("stage");
    private static readonly TokenAmount One = TokenAmount.FromBaseUnits(1);
    private static readonly long Minute = Noon.Value / 60_000;

    public static TheoryData<string, string, EventPayload> OutOfBounds => new()
    {
        { "out-of-range", "watchSeconds", new Viewed(Ann, Clip, 86_401) },
        { "out-of-range", "textDigest", new Commented(Ann, Clip, 1, 1UL << 56) },
        { "out-of-range", "platform", new Shared(Ann, Clip, 8) },
        { "out-of-range", "minute", new PresenceMinute(Ann, Stage, Minute + 1441) },
        { "out-of-range", "minute", new BroadcastMinute(Ann, Stage, Minute - 1441) },
        { "text-empty", "session", new BroadcastStarted(Ann, Stage, "") },
        { "text-too-long", "session", new BroadcastEnded(Ann, Stage, new string('s', 65)) },
        { "out-of-range", "amount", new Tipped(Ann, Stage, TokenAmount.Zero) },
        { "out-of-range", "amount", new Tipped(Ann, Stage, TokenAmount.Supply + One) },
        { "text-control-character", "gift", new GiftSent(Ann, Stage, "a\nb", One) },
        { "out-of-range", "amount", new GiftSent(Ann, Stage, "rose", TokenAmount.Zero) },
        { "out-of-range", "amount", new ContentPurchased(Ann, Clip, TokenAmount.Zero) },
        { "out-of-range", "amount", new AppPurchased(Ann, new AppId("app"), TokenAmount.Zero) },
        { "out-of-range", "minutes", new BandwidthPurchased(Ann, 0, One) },
        { "out-of-range", "minutes", new BandwidthPurchased(Ann, 525_601, One) },
        { "id-nil", "tip", new TipRefunded(Ann, default) },
        { "text-empty", "category", new VideoPublished(Clip, Stage, Ann, "", 1) },
        { "out-of-range", "durationSeconds", new VideoPublished(Clip, Stage, Ann, "dance", 0) },
        { "out-of-range", "durationSeconds", new VideoPublished(Clip, Stage, Ann, "dance", 86_401) },
        { "wallet-zero", "wallet", new WalletLinked(Ann, default) },
        { "text-nul", "reason", new AccountSuspended(Ann, "a\0b") },
        { "text-lone-surrogate", "reason", new AccountSuspended(Ann, "a\ud800") },
        { "text-too-long", "reason", new AccountSuspended(Ann, new string('r', 1025)) },
        { "out-of-range", "shareBps", new ProviderShareSet(Stage, 10_001) },
        { "out-of-range", "shareBps", new PromoterShareSet(Stage, 10_001) },
        { "unknown-allocation", "allocation", new AllocationReleased("treasury", Ann, One) },
        { "unknown-allocation", "allocation", new PoolToppedUp("", One) },
        { "text-empty", "reference", new AdRevenueReceived("", One) },
    };

    public static TheoryData<EventPayload> AtTheBound => new()
    {
        new Viewed(Ann, Clip, 86_400), new Commented(Ann, Clip, 255, CommentText.DigestMax), new Shared(Ann, Clip, 7),
        new PresenceMinute(Ann, Stage, Minute + 1440), new BroadcastMinute(Ann, Stage, Minute - 1440),
        new Tipped(Ann, Stage, TokenAmount.Supply), new BandwidthPurchased(Ann, 525_600, One),
        new VideoPublished(Clip, Stage, Ann, "라이브", 86_400), new AccountSuspended(Ann, "\ufffd"), new ProviderShareSet(Stage, 10_000),
        new AllocationReleased("social-community", Ann, One), new BroadcastStarted(Ann, Stage, new string('s', 64)),
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void The_first_value_outside_is_refused(string code, string field, EventPayload payload)
    {
        Refusal refusal = SubmissionRules.Fault(new SubmittedEvent(new EventId(1), Noon, payload))!;
        Assert.Equal((code, field), (refusal.Code, refusal.Field));
    }

    [Theory]
    [MemberData(nameof(AtTheBound))]
    public void The_last_value_inside_is_taken(EventPayload payload) =>
        Assert.Null(SubmissionRules.Fault(new SubmittedEvent(new EventId(1), Noon, payload)));

    [Fact]
    public void The_bounds_and_codes_on_the_page_are_those_tested_here()
    {
        HashSet<string> page = [.. SpecTables.Read("ingest.md", "Rules by field").Select(r => r["code"] + " " + r["field"])];
        Assert.Equal(page.Order(StringComparer.Ordinal), OutOfBounds.Select(d => $"{d[0]} {d[1]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }
}
