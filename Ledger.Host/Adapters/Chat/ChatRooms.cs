using System.Runtime.InteropServices;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Chat;

/// <summary>A space's room while somebody is in it or something of it is under way.</summary>
/// <param name="space">The space.</param>
/// <param name="provider">Who moderates.</param>
internal sealed class ChatRoom(SpaceId space, AccountId provider)
{
    public SpaceId Space => space;

    public AccountId Provider => provider;

    /// <summary>The members below are <see cref="ChatRooms"/>' alone.</summary>
    internal HashSet<ChatSession> Members { get; } = [];

    internal Dictionary<string, UnixMs> Mutes { get; init; } = [];

    internal long LastNumber { get; set; }

    internal int Holds { get; set; }
}

/// <summary>Who is in which room, and the one order in which everybody there is told things. Any thread.</summary>
internal sealed class ChatRooms(ChatStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChatRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>Lets a session into a space's room, and tells it so before anything else of the room.</summary>
    public ChatRoom Join(ChatSession session, SpaceId space, AccountId provider)
    {
        lock (_gate)
        {
            ref ChatRoom? room = ref CollectionsMarshal.GetValueRefOrAddDefault(_rooms, space.Value, out _);

            // A room is taken down only when nothing of it is under way, so all that is stored of it has been told.
            room ??= new ChatRoom(space, provider) { LastNumber = store.Last(space.Value), Mutes = store.Mutes(space.Value) };
            room.Members.Add(session);
            session.Peer.Send(ChatFrame.Joined(space.Value, room.LastNumber));
            return room;
        }
    }

    public void Leave(ChatSession session, ChatRoom room)
    {
        lock (_gate)
        {
            room.Members.Remove(session);
            TakeDownIfUnused(room);
        }
    }

    /// <summary>The first number that members have not been told of.</summary>
    public long NextOf(ChatRoom room)
    {
        lock (_gate) return room.LastNumber + 1;
    }

    /// <summary>Keeps a room while something of it is under way.</summary>
    public void Hold(ChatRoom room)
    {
        lock (_gate) room.Holds++;
    }

    /// <summary>What was under way is done.</summary>
    public void Release(ChatRoom room)
    {
        lock (_gate)
        {
            room.Holds--;
            TakeDownIfUnused(room);
        }
    }

    /// <summary>Until when an account is mute, or null.</summary>
    public UnixMs? MutedUntil(ChatRoom room, string account, UnixMs now)
    {
        lock (_gate) return room.Mutes.TryGetValue(account, out UnixMs until) && until > now ? until : null;
    }

    /// <summary>Makes an account mute, or lets it speak again.</summary>
    public void Mute(ChatRoom room, string account, UnixMs? until)
    {
        lock (_gate)
        {
            if (until is { } time) room.Mutes[account] = time;
            else room.Mutes.Remove(account);
        }
    }

    /// <summary>Tells a message to everybody in a room.</summary>
    /// <returns>How many were told.</returns>
    public int Deliver(ChatRoom room, long number, byte[] line)
    {
        lock (_gate)
        {
            room.LastNumber = number;
            return TellAll(room, line);
        }
    }

    /// <summary>Tells everybody in a room something that is no message.</summary>
    public void Tell(ChatRoom room, byte[] line)
    {
        lock (_gate) TellAll(room, line);
    }

    private static int TellAll(ChatRoom room, byte[] line)
    {
        foreach (ChatSession member in room.Members) member.Peer.Send(line);
        return room.Members.Count;
    }

    private void TakeDownIfUnused(ChatRoom room)
    {
        if (room.Members.Count == 0 && room.Holds == 0 && _rooms.GetValueOrDefault(room.Space.Value) == room) _rooms.Remove(room.Space.Value);
    }
}
