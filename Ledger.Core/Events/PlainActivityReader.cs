using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Reads an event of a columnar kind whose members stand as this build writes them, without making an object of anything.</summary>
/// <remarks>As <see cref="PlainJson"/> it takes an event or says nothing: what it takes is what <see cref="JsonFieldReader"/> reads, and every fault is that one's to tell.</remarks>
internal static class PlainActivityReader
{
    /// <summary>Most members of an event that is taken: those of a comment.</summary>
    public const int MembersMax = 8;

    private const int NumberDigitsMax = 18; // no overflow, whatever the digits
    private const int Account = 4;
    private const int Target = 5;
    private const int First = 6;
    private const int Second = 7;

    /// <summary>Reads the event; false when it is anything else.</summary>
    /// <param name="json">The object.</param>
    /// <param name="members">What <see cref="PlainJson"/> found in it.</param>
    /// <param name="e">The event; its names stay in <paramref name="json"/>.</param>
    public static bool TryRead(ReadOnlyMemory<byte> json, ReadOnlySpan<JsonMember> members, out SubmittedEvent e)
    {
        e = default;
        ReadOnlySpan<byte> text = json.Span;
        if (members.Length <= Target
            || !TryText(text, members[0], "id"u8, out ReadOnlySpan<byte> id) || !EventId.TryParse(id, out EventId eventId)
            || !TryText(text, members[1], "kind"u8, out ReadOnlySpan<byte> name) || KindOf(name) is not (not EventKind.None and var kind)
            || !IsNamed(text, members[2], "v"u8) || members[2].Type != JsonTokenType.Number || !ValueOf(text, members[2]).SequenceEqual("1"u8)
            || !TryText(text, members[3], "occurredAt"u8, out ReadOnlySpan<byte> time) || !UnixMs.TryParseWhole(time, out UnixMs occurredAt)
            || !TryText(text, members[Account], "account"u8, out ReadOnlySpan<byte> account) || !IsName(account)
            || !TryText(text, members[Target], TargetOf(kind), out ReadOnlySpan<byte> target) || !IsName(target)
            || !TryValue(text, kind, members, out long value)) return false;
        e = new SubmittedEvent(eventId, occurredAt, new PlainActivity(kind, json, members[Account], members[Target], value));
        return true;
    }

    private static EventKind KindOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 when name.SequenceEqual("liked"u8) => EventKind.Liked,
        6 when name.SequenceEqual("viewed"u8) => EventKind.Viewed,
        6 when name.SequenceEqual("shared"u8) => EventKind.Shared,
        8 when name.SequenceEqual("followed"u8) => EventKind.Followed,
        9 when name.SequenceEqual("commented"u8) => EventKind.Commented,
        15 when name.SequenceEqual("presence-minute"u8) => EventKind.PresenceMinute,
        16 when name.SequenceEqual("broadcast-minute"u8) => EventKind.BroadcastMinute,
        _ => EventKind.None,
    };

    private static ReadOnlySpan<byte> TargetOf(EventKind kind) => kind switch
    {
        EventKind.Followed => "followee"u8,
        EventKind.BroadcastMinute or EventKind.PresenceMinute => "space"u8,
        _ => "content"u8,
    };

    private static bool TryValue(ReadOnlySpan<byte> text, EventKind kind, ReadOnlySpan<JsonMember> members, out long value)
    {
        value = 0;
        switch (kind)
        {
            case EventKind.Liked or EventKind.Followed:
                return members.Length == First;
            case EventKind.Viewed:
                return members.Length == Second && TryNumber(text, members[First], "watchSeconds"u8, uint.MaxValue, out value);
            case EventKind.Shared:
                return members.Length == Second && TryNumber(text, members[First], "platform"u8, byte.MaxValue, out value);
            case EventKind.Commented:
                if (members.Length != MembersMax || !TryNumber(text, members[First], "letters"u8, byte.MaxValue, out long letters)
                    || !TryText(text, members[Second], "textDigest"u8, out ReadOnlySpan<byte> digest) || !TryDigits(digest, (long)CommentText.DigestMax, out long number)) return false;
                value = ActivityColumns.CommentValue((byte)letters, (ulong)number);
                return true;
            default:
                return members.Length == Second && TryNumber(text, members[First], "minute"u8, long.MaxValue, out value);
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, in JsonMember member, ReadOnlySpan<byte> name, long max, out long value)
    {
        value = 0;
        return member.Type == JsonTokenType.Number && IsNamed(text, member, name) && TryDigits(ValueOf(text, member), max, out value);
    }

    private static bool TryDigits(ReadOnlySpan<byte> digits, long max, out long value)
    {
        value = 0;
        if (digits.Length is 0 or > NumberDigitsMax || (digits[0] == '0' && digits.Length > 1)) return false;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = (value * 10) + (digit - '0');
        }

        return value <= max;
    }

    private static bool TryText(ReadOnlySpan<byte> text, in JsonMember member, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (member.Type != JsonTokenType.String || !IsNamed(text, member, name)) return false;
        value = ValueOf(text, member)[1..^1];
        return true;
    }

    private static bool IsNamed(ReadOnlySpan<byte> text, in JsonMember member, ReadOnlySpan<byte> name) => text.Slice(member.NameStart, member.NameSize).SequenceEqual(name);

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> text, in JsonMember member) => text.Slice(member.ValueStart, member.ValueSize);

    // Of visible ASCII: an identifier, and UTF-8. Others are looked at by the reader that knows them all.
    private static bool IsName(ReadOnlySpan<byte> name) => name.Length is > 0 and <= IdText.BytesMax && !name.ContainsAnyExceptInRange((byte)' ', (byte)'~');
}
