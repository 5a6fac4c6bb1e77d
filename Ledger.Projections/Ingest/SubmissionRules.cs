using System.Globalization;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Projections.Ingest;

/// <summary>What an event must be by itself, whatever the ledger holds: ranges and forms by kind (specs/ingest.md).</summary>
/// <remarks>Whether the accounts, spaces and videos exist is no matter of ingest: that is a verdict's (reward rules R1).</remarks>
public static class SubmissionRules
{
    /// <summary>Longest a person can have watched, and longest a video can be, in seconds: a day.</summary>
    public const uint SecondsMax = 86_400;

    /// <summary>Most broadcast minutes in one purchase: a year.</summary>
    public const uint BandwidthMinutesMax = 525_600;

    private const uint ShareBpsMax = 10_000;
    private const long MinuteMs = 60_000;

    private static readonly string[] Allocations = ["token-sale", "reserve", "incentive-fund", "founding-team", "social-community"];

    /// <summary>The first rule that the event breaks, or null.</summary>
    public static Refusal? Fault(in SubmittedEvent e) => e.TryPlain(out PlainActivity plain) ? Fault(plain, e.OccurredAt) : Fault(e.Payload, e.OccurredAt);

    private static Refusal? Fault(in PlainActivity plain, UnixMs occurredAt) => plain.Kind switch
    {
        EventKind.Viewed => WatchedFault((uint)plain.Value),
        EventKind.Shared => PlatformFault((byte)plain.Value),
        EventKind.BroadcastMinute or EventKind.PresenceMinute => MinuteFault(plain.Value, occurredAt),
        _ => null, // a digest that is too large is not written plainly
    };

    private static Refusal? Fault(EventPayload payload, UnixMs occurredAt) => payload switch
    {
        Viewed p => WatchedFault(p.WatchSeconds),
        Commented p => p.TextDigest > CommentText.DigestMax ? OutOfRange("textDigest", p.TextDigest, "56 bits") : null,
        Shared p => PlatformFault(p.Platform),
        BroadcastMinute p => MinuteFault(p.Minute, occurredAt),
        PresenceMinute p => MinuteFault(p.Minute, occurredAt),
        BroadcastDisputed p => MinuteFault(p.Minute, occurredAt) ?? (p.Reported == default ? new Refusal("id-nil", "reported", "the nil UUID names no event") : null),
        BroadcastStarted p => NameFault("session", p.Session),
        BroadcastEnded p => NameFault("session", p.Session),
        Tipped p => AmountFault(p.Amount),
        GiftSent p => NameFault("gift", p.Gift) ?? AmountFault(p.Amount),
        ContentPurchased p => AmountFault(p.Amount),
        AppPurchased p => AmountFault(p.Amount),
        BandwidthPurchased p => p.Minutes is 0 or > BandwidthMinutesMax ? OutOfRange("minutes", p.Minutes, $"1 to {BandwidthMinutesMax}") : AmountFault(p.Amount),
        TipRefunded p => p.Tip == default ? new Refusal("id-nil", "tip", "the nil UUID names no event") : null,
        VideoPublished p => NameFault("category", p.Category)
            ?? (p.DurationSeconds is 0 or > SecondsMax ? OutOfRange("durationSeconds", p.DurationSeconds, $"1 to {SecondsMax}") : null),
        WalletLinked p => p.Wallet == default ? new Refusal("wallet-zero", "wallet", "the zero address is nobody's") : null,
        AccountSuspended p => TextFault("reason", p.Reason),
        ProviderShareSet p => BpsFault(p.ShareBps),
        PromoterShareSet p => BpsFault(p.ShareBps),
        AllocationReleased p => AllocationFault(p.Allocation) ?? AmountFault(p.Amount),
        PoolToppedUp p => AllocationFault(p.Allocation) ?? AmountFault(p.Amount),
        AdRevenueReceived p => NameFault("reference", p.Reference) ?? AmountFault(p.Amount),
        _ => null,
    };

    private static Refusal? WatchedFault(uint seconds) => seconds > SecondsMax ? OutOfRange("watchSeconds", seconds, $"0 to {SecondsMax}") : null;

    private static Refusal? PlatformFault(byte platform) => Enum.IsDefined((SharePlatform)platform) ? null : OutOfRange("platform", platform, "a platform of specs/ingest.md");

    private static Refusal? MinuteFault(long minute, UnixMs occurredAt) =>
        minute < (occurredAt.Value - Day.LengthMs) / MinuteMs || minute > (occurredAt.Value + Day.LengthMs) / MinuteMs
            ? OutOfRange("minute", minute, "a minute since 1970-01-01, within a day of occurredAt")
            : null;

    private static Refusal? AmountFault(TokenAmount amount) =>
        amount.IsZero || amount > TokenAmount.Supply ? OutOfRange("amount", amount, $"1 to {TokenAmount.Supply} base units") : null;

    private static Refusal? BpsFault(uint bps) => bps > ShareBpsMax ? OutOfRange("shareBps", bps, $"0 to {ShareBpsMax}") : null;

    private static Refusal? AllocationFault(string allocation) => Array.IndexOf(Allocations, allocation) < 0
        ? new Refusal("unknown-allocation", "allocation", string.Join(", ", Allocations))
        : null;

    /// <summary>Short names obey the rule of identifiers.</summary>
    private static Refusal? NameFault(string field, string text) => IdText.Fault(text) is { } code
        ? new Refusal(code.Replace("id-", "text-", StringComparison.Ordinal), field, $"1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
        : null;

    private static Refusal? TextFault(string field, string text)
    {
        if (text.Contains('\0')) return new Refusal("text-nul", field, "U+0000 is in no text");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\ufffd')) return new Refusal("text-lone-surrogate", field, "half of a surrogate pair is no character");
        }

        int size = Encoding.UTF8.GetByteCount(text);
        return size > CanonicalFieldWriter.TextBytesMax ? new Refusal("text-too-long", field, $"{size} bytes; at most {CanonicalFieldWriter.TextBytesMax}") : null;
    }

    private static Refusal OutOfRange<T>(string field, T found, string expected)
        where T : notnull =>
        new("out-of-range", field, string.Create(CultureInfo.InvariantCulture, $"{found}; {expected}"));
}
