using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>Activity events as columns: entry i of every array is one event, in log order.</summary>
/// <remarks>
/// <see cref="Account"/> and <see cref="Target"/> are ordinals of the log's name table. <see cref="Target"/> is −1 for kinds that act on nothing.
/// What <see cref="Value"/> holds depends on the kind: watch seconds (viewed), the minute (broadcast and presence minutes),
/// letters · 2^56 + text digest (commented), the platform (shared), the visitor's ordinal (share visited), else 0.
/// Arrays are longer than <see cref="Count"/>; they are reused from block to block.
/// </remarks>
public sealed class ActivityColumns
{
    private int _count;

    public ActivityColumns(int capacity = 0)
    {
        Position = new long[capacity];
        Kind = new byte[capacity];
        Account = new int[capacity];
        Target = new int[capacity];
        Value = new long[capacity];
        OccurredAtMs = new long[capacity];
    }

    /// <summary>Events held.</summary>
    public int Count => _count;

    public long[] Position { get; private set; }

    public byte[] Kind { get; private set; }

    public int[] Account { get; private set; }

    public int[] Target { get; private set; }

    public long[] Value { get; private set; }

    public long[] OccurredAtMs { get; private set; }

    /// <summary>Packs the value of a comment.</summary>
    public static long CommentValue(byte letters, ulong textDigest) => unchecked((long)(((ulong)letters << 56) | (textDigest & CommentText.DigestMax)));

    /// <summary>Letters of a comment's packed value.</summary>
    public static byte CommentLetters(long value) => unchecked((byte)((ulong)value >> 56));

    /// <summary>Text digest of a comment's packed value.</summary>
    public static ulong CommentDigest(long value) => unchecked((ulong)value) & CommentText.DigestMax;

    /// <summary>Puts an event together again of its names and its number.</summary>
    public static EventPayload Payload(EventKind kind, string account, string target, long value)
    {
        AccountId actor = new(account);
        return kind switch
        {
            EventKind.Viewed => new Viewed(actor, new ContentId(target), checked((uint)value)),
            EventKind.Liked => new Liked(actor, new ContentId(target)),
            EventKind.Commented => new Commented(actor, new ContentId(target), CommentLetters(value), CommentDigest(value)),
            EventKind.Shared => new Shared(actor, new ContentId(target), checked((byte)value)),
            EventKind.Followed => new Followed(actor, new AccountId(target)),
            EventKind.BroadcastMinute => new BroadcastMinute(actor, new SpaceId(target), value),
            EventKind.PresenceMinute => new PresenceMinute(actor, new SpaceId(target), value),
            _ => throw new InvalidOperationException($"{kind} has no columnar form"),
        };
    }

    /// <summary>Forgets the events, keeps the arrays.</summary>
    public void Clear() => _count = 0;

    /// <summary>Makes room for <paramref name="count"/> events in all and sets the count to it; new entries hold what the arrays held.</summary>
    public void SetCount(int count)
    {
        if (count > Kind.Length) Grow(count);
        _count = count;
    }

    /// <summary>Appends one event.</summary>
    public void Add(long position, EventKind kind, int account, int target, long value, long occurredAtMs)
    {
        if (_count == Kind.Length) Grow(_count + 1);
        Position[_count] = position;
        Kind[_count] = (byte)kind;
        Account[_count] = account;
        Target[_count] = target;
        Value[_count] = value;
        OccurredAtMs[_count] = occurredAtMs;
        _count++;
    }

    /// <summary>Appends entry <paramref name="index"/> of <paramref name="other"/>.</summary>
    public void AddFrom(ActivityColumns other, int index) =>
        Add(other.Position[index], (EventKind)other.Kind[index], other.Account[index], other.Target[index], other.Value[index], other.OccurredAtMs[index]);

    private void Grow(int needed)
    {
        int capacity = Math.Max(needed, Math.Max(256, Kind.Length * 2));
        Position = Resized(Position, capacity);
        Kind = Resized(Kind, capacity);
        Account = Resized(Account, capacity);
        Target = Resized(Target, capacity);
        Value = Resized(Value, capacity);
        OccurredAtMs = Resized(OccurredAtMs, capacity);
    }

    private static T[] Resized<T>(T[] array, int capacity)
    {
        Array.Resize(ref array, capacity);
        return array;
    }
}
