using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>The events of the adapter, with ids that follow from what they say: whoever says it again, a retry or another host, says the same event.</summary>
/// <remarks>
/// A session is of one server, space and account. Its minutes are named by these and the minute, not by the session's number, on which two hosts
/// that saw different halves of a reconnect need not agree.
/// </remarks>
internal static class LiveEvents
{
    private const string Source = "livestream";

    public static EventId MinuteId(string server, SpaceId space, AccountId account, long minute) => Id("minute", server, space.Value, account.Value, Text(minute));

    public static SubmittedEvent Started(LiveSession s, UnixMs now) => new(Id("started", s.Id), now, new BroadcastStarted(s.Account, s.Space, s.Id));

    public static SubmittedEvent Ended(LiveSession s, UnixMs now) => new(Id("ended", s.Id), now, new BroadcastEnded(s.Account, s.Space, s.Id));

    public static SubmittedEvent Minute(LiveSession s, long minute, UnixMs now) => new(MinuteId(s.Server, s.Space, s.Account, minute), now, new BroadcastMinute(s.Account, s.Space, minute));

    public static SubmittedEvent Presence(LiveSession s, AccountId viewer, long minute, UnixMs now) =>
        new(Id("presence", s.Server, s.Space.Value, viewer.Value, Text(minute)), now, new PresenceMinute(viewer, s.Space, minute));

    public static SubmittedEvent Disputed(BroadcastDisputed dispute, UnixMs now) => new(Id("disputed", dispute.Reported.ToString()), now, dispute);

    /// <summary>The video that a recording becomes; the file's name is the video's for ever.</summary>
    public static ContentId RecordingId(string server, string file) => new($"live-{Id("recording", server, file)}");

    /// <summary>The session that began with media of a connection in a minute: two hosts that see it begin name it alike.</summary>
    public static string SessionId(string server, SpaceId space, string instance, string publisher, long minute) =>
        $"{server}/{Id("session", server, space.Value, instance, publisher, Text(minute))}"[..(server.Length + 1 + 24)];

    private static EventId Id(params ReadOnlySpan<string> parts) => EventId.Derive(Source, string.Join('\u001f', parts!));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
