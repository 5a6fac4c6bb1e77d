using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A broadcast: one account in one space of one server, from its first media until the grace has passed without any.</summary>
internal sealed class LiveSession
{
    /// <summary>Connections that ended and may still be heard of late.</summary>
    private const int GoneMax = 8;

    private readonly Queue<string> _gone = new();

    public required string Server { get; init; }

    public required SpaceId Space { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>The session's name in the log; empty before any media came.</summary>
    public string Id { get; set; } = "";

    /// <summary>When the broadcaster was let in; the ledger's clock, as every time here.</summary>
    public required UnixMs OpenedAt { get; init; }

    /// <summary>When media was last seen to flow; null before any.</summary>
    public UnixMs? LastFlow { get; set; }

    /// <summary>The last look that found somebody publishing: what the next one is compared with. Null: the next one is a first.</summary>
    public (string Instance, string Publisher, long Bytes, long Frames, UnixMs At)? Last { get; set; }

    /// <summary>The look that the store has.</summary>
    public (string Instance, string Publisher, long Bytes, long Frames, UnixMs At)? Kept { get; set; }

    /// <summary>The last minute that was recorded, or −1.</summary>
    public long LastMinute { get; set; } = -1;

    /// <summary>Minutes recorded.</summary>
    public int Minutes { get; set; }

    /// <summary>Most viewers at once.</summary>
    public int PeakViewers { get; set; }

    /// <summary>Time that viewers were sent media, all together, in milliseconds.</summary>
    public long WatchMs { get; set; }

    /// <summary>The account has no minutes left: the stream is to end.</summary>
    public bool IsExhausted { get; set; }

    /// <summary>Whether the log knows of it.</summary>
    public bool IsStarted => Id.Length > 0;

    /// <summary>Who watches, by the server's name for the connection.</summary>
    public Dictionary<string, LiveViewer> Viewers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether no media came for the grace.</summary>
    public bool IsOver(UnixMs now, long graceMs) => now - (LastFlow is { } flow && flow > OpenedAt ? flow : OpenedAt) > graceMs;

    /// <summary>Notes that a connection ended.</summary>
    public void Gone(string client)
    {
        if (_gone.Contains(client, StringComparer.Ordinal)) return;
        if (_gone.Count == GoneMax) _gone.Dequeue();
        _gone.Enqueue(client);
    }

    /// <summary>Whether a connection is known to have ended: what is heard of it now was late.</summary>
    public bool IsGone(string client) => _gone.Contains(client, StringComparer.Ordinal);
}

/// <summary>A playing connection.</summary>
internal sealed class LiveViewer
{
    /// <summary>Whose it is; null: nobody's that the ledger knows.</summary>
    public AccountId? Account { get; set; }

    /// <summary>The last look at it.</summary>
    public (long Progress, UnixMs At)? Last { get; set; }

    /// <summary>The last minute that was recorded, or −1.</summary>
    public long LastMinute { get; set; } = -1;
}
