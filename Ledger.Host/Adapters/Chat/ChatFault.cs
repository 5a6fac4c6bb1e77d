namespace Ledger.Host.Adapters.Chat;

/// <summary>Why a line was not done: a stable code, and what was found.</summary>
internal sealed record ChatFault(string Code, string Detail)
{
    public static ChatFault NotAuthenticated { get; } = new("not-authenticated", "the first line says who you are: {\"do\":\"hello\",\"token\":\"…\"}");
    public static ChatFault TokenInvalid { get; } = new("token-invalid", "the chat token is none, forged or expired; get a new one from the app");
    public static ChatFault TokenExpired { get; } = new("token-expired", "the chat token expired; say hello with a new one before it does");
    public static ChatFault OtherAccount { get; } = new("other-account", "the token is another account's; open a connection for it");
    public static ChatFault HelloTimeout { get; } = new("hello-timeout", "nobody said hello in time");
    public static ChatFault LineTooLong { get; } = new("line-too-long", $"a line has at most {ChatLine.BytesMax} bytes");
    public static ChatFault NotText { get; } = new("not-text", "WebSocket messages are text");
    public static ChatFault Flood { get; } = new("flood", $"more than {ChatSettings.LinesPerSecond} lines a second");
    public static ChatFault Idle { get; } = new("idle", "nothing came and no ping was answered; answer {\"do\":\"pong\"}");
    public static ChatFault SlowReader { get; } = new("slow-reader", "more waits to be read than is kept for one connection; come back and read the history");
    public static ChatFault ServerStops { get; } = new("server-stops", "the server stops; come back soon");
    public static ChatFault ChatStopped { get; } = new("chat-stopped", "the chat cannot go on; its operator has been told");
    public static ChatFault Defect { get; } = new("internal-error", "a defect of the chat; its operator has been told");
    public static ChatFault ConnectionsFull { get; } = new("connections-full", "the chat has as many connections as it takes; try again later");
    public static ChatFault AccountConnectionsFull { get; } = new("account-connections-full", "the account has as many connections as it may; close one");
    public static ChatFault NotJoined { get; } = new("not-joined", "join the room first");
    public static ChatFault RoomsFull { get; } = new("rooms-full", $"a connection is in at most {ChatSettings.RoomsPerConnectionMax} rooms");
    public static ChatFault Busy { get; } = new("busy", "more is being said than can be written at once; nothing was taken, say it again");
    public static ChatFault NotProvider { get; } = new("not-provider", "only the space's provider moderates its room");
    public static ChatFault MutesFull { get; } = new("mutes-full", $"at most {ChatSettings.MutesPerRoomMax} accounts are mute in a room");
    public static ChatFault UnknownMessage { get; } = new("unknown-message", "the room has no such message, or it is removed");
    public static ChatFault UnknownSpace { get; } = new("unknown-space", "there is no such space");
    public static ChatFault UnknownContent { get; } = new("unknown-content", "there is no such video in this space");
}

/// <summary>Ends the handling of a line with a fault, from wherever it is found.</summary>
internal sealed class ChatFaultException(ChatFault fault) : Exception($"{fault.Code}: {fault.Detail}")
{
    public ChatFault Fault { get; } = fault;
}
