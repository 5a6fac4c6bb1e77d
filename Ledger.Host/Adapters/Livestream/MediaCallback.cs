namespace Ledger.Host.Adapters.Livestream;

/// <summary>What a media server calls about.</summary>
internal enum MediaCall
{
    /// <summary>Nothing that is acted on: a connection, a segment.</summary>
    Other,
    Publish,

    /// <summary>A publisher is still there; nginx-rtmp sends it from time to time.</summary>
    PublishUpdate,
    PublishDone,
    Play,
    PlayUpdate,
    PlayDone,
    Recorded,
}

/// <summary>A callback of a media server, whichever it is.</summary>
/// <param name="Call">What happened.</param>
/// <param name="Application">The RTMP application.</param>
/// <param name="Stream">The stream's name: the space.</param>
/// <param name="Client">The server's name for the connection.</param>
/// <param name="Key">The stream key that the broadcaster sent.</param>
/// <param name="Ticket">The ticket that the viewer sent.</param>
/// <param name="Path">The recording's file, on the media server.</param>
internal sealed record MediaCallback(MediaCall Call, string Application, string Stream, string Client, string? Key = null, string? Ticket = null, string? Path = null)
{
    /// <summary>Largest callback worth reading.</summary>
    public const int BytesMax = 16 << 10;
}

/// <summary>A callback that is none.</summary>
internal sealed class MediaCallbackException(string detail) : Exception($"callback-malformed: {detail}");

/// <summary>A look at a media server's counters.</summary>
/// <param name="Instance">Names the process: another one starts its counters again.</param>
/// <param name="Streams">The streams it knows, with or without a publisher.</param>
internal sealed record MediaSample(string Instance, IReadOnlyList<StreamSample> Streams);

/// <summary>A stream's counters.</summary>
/// <param name="Name">The stream's name: the space.</param>
/// <param name="Publisher">The server's name for the publishing connection; null while nobody publishes.</param>
/// <param name="Bytes">Bytes that came in.</param>
/// <param name="Frames">Moves with every frame that came in: their count, or where a server does not count them the last one's time stamp.</param>
/// <param name="Viewers">Connections that play it.</param>
internal sealed record StreamSample(string Name, string? Publisher, long Bytes, long Frames, IReadOnlyList<ViewerSample> Viewers);

/// <summary>A playing connection.</summary>
/// <param name="Client">The server's name for it.</param>
/// <param name="Progress">Moves with what was sent to it.</param>
internal readonly record struct ViewerSample(string Client, long Progress);
