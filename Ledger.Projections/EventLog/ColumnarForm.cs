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
    public static ColumnarForm Of(EventPayload payload, NameTable names)
    {
        ColumnarFields fields = ColumnarFields.Of(payload);
        return new ColumnarForm(names.Intern(fields.Account), names.Intern(fields.Target), fields.Value);
    }

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
