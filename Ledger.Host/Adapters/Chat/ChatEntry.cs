using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Something that becomes durable before anybody is told of it.</summary>
internal abstract record ChatEntry;

/// <summary>A message.</summary>
internal sealed record Saying(ChatSession By, ChatRoom Room, string Id, string Text, ContentId Content, UnixMs At) : ChatEntry
{
    /// <summary>Its number, once it is stored.</summary>
    public long Number { get; set; }

    /// <summary>Whether it was said before.</summary>
    public bool IsRepeat { get; set; }
}

/// <summary>A minute that somebody was there.</summary>
internal sealed record PresenceSeen(SubmittedEvent Event) : ChatEntry;

/// <summary>An account becomes mute until a time; or, without one, may speak again.</summary>
internal sealed record Muting(ChatSession By, ChatRoom Room, string Account, UnixMs? Until) : ChatEntry
{
    public bool IsDone { get; set; }
}

/// <summary>The words of a message are taken away.</summary>
internal sealed record Removing(ChatSession By, ChatRoom Room, long Number) : ChatEntry
{
    public bool IsDone { get; set; }
}

/// <summary>The events of a chat, with ids that follow from what happened.</summary>
internal static class ChatEvents
{
    /// <summary>A message under a video, or under its room.</summary>
    public static SubmittedEvent Comment(string room, string account, string id, ContentId content, UnixMs at, string text) => new(
        EventId.Derive("chat-message", $"{room}\u001f{account}\u001f{id}"),
        at,
        new Commented(new AccountId(account), content, CommentText.Letters(text), CommentText.Digest(text)));

    /// <summary>A minute in a room; whoever sees it, by whatever connection, it is the same event.</summary>
    public static SubmittedEvent Presence(SpaceId room, AccountId account, long minute, UnixMs at) => new(
        EventId.Derive("presence-minute", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{room.Value}\u001f{account.Value}\u001f{minute}")),
        at,
        new PresenceMinute(account, room, minute));

    /// <summary>What a message is written under that names no video: the room itself, <c>room:SPACE</c>, or by its hash where that is too long.</summary>
    public static ContentId RoomContent(SpaceId space) => IdText.Fault($"room:{space.Value}") is null
        ? new ContentId($"room:{space.Value}")
        : new ContentId($"room:{EventId.Derive("room", space.Value)}");
}
