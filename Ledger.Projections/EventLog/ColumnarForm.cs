using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog;

/// <summary>What <see cref="ActivityColumns"/> say of one event: who, on what, and one number.</summary>
/// <param name="Account">Ordinal of the actor.</param>
/// <param name="Target">Ordinal of what was acted on.</param>
/// <param name="Value">The kind's number; see <see cref="ActivityColumns"/>.</param>
public readonly record struct ColumnarForm(int Account, int Target, long Value)
{
    /// <summary>Largest text digest of a comment: 56 bits are kept.</summary>
    public const ulong TextDigestMax = 0x00ff_ffff_ffff_ffff;

    /// <summary>Splits an event of a columnar kind, giving its ids ordinals in the order of its fields.</summary>
    public static ColumnarForm Of(EventPayload payload, NameTable names) => payload switch
    {
        Viewed e => new(names.Intern(e.Account.Value), names.Intern(e.Content.Value), e.WatchSeconds),
        Liked e => new(names.Intern(e.Account.Value), names.Intern(e.Content.Value), 0),
        Commented e => new(names.Intern(e.Account.Value), names.Intern(e.Content.Value), ActivityColumns.CommentValue(e.Letters, e.TextDigest)),
        Shared e => new(names.Intern(e.Account.Value), names.Intern(e.Content.Value), e.Platform),
        Followed e => new(names.Intern(e.Account.Value), names.Intern(e.Followee.Value), 0),
        BroadcastMinute e => new(names.Intern(e.Account.Value), names.Intern(e.Space.Value), e.Minute),
        PresenceMinute e => new(names.Intern(e.Account.Value), names.Intern(e.Space.Value), e.Minute),
        _ => throw new InvalidOperationException($"{payload.Kind} has no columnar form"),
    };

    /// <summary>Puts the event together again.</summary>
    public EventPayload Payload(EventKind kind, NameTable names)
    {
        AccountId account = new(names.Text(Account));
        string target = names.Text(Target);
        return kind switch
        {
            EventKind.Viewed => new Viewed(account, new ContentId(target), checked((uint)Value)),
            EventKind.Liked => new Liked(account, new ContentId(target)),
            EventKind.Commented => new Commented(account, new ContentId(target), ActivityColumns.CommentLetters(Value), unchecked((ulong)Value) & TextDigestMax),
            EventKind.Shared => new Shared(account, new ContentId(target), checked((byte)Value)),
            EventKind.Followed => new Followed(account, new AccountId(target)),
            EventKind.BroadcastMinute => new BroadcastMinute(account, new SpaceId(target), Value),
            EventKind.PresenceMinute => new PresenceMinute(account, new SpaceId(target), Value),
            _ => throw new InvalidOperationException($"{kind} has no columnar form"),
        };
    }
}
