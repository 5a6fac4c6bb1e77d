using System.Text.Json.Serialization;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>The section <c>livestream</c> of the settings file (specs/adapters.md).</summary>
/// <param name="CallbackSecret">What media servers' callbacks carry.</param>
/// <param name="Servers">The media servers; every ledger host that watches them names them alike.</param>
/// <param name="Networks">Where callbacks may come from; this machine alone when left out.</param>
/// <param name="SampleSeconds">Seconds between two looks at a server's counters.</param>
/// <param name="GraceSeconds">How long without media a broadcast may be and still be the same.</param>
/// <param name="RecordingCategory">The category of videos that recordings become.</param>
/// <param name="Capture">File that every callback and every look is written to as it came, for replay; none when left out.</param>
internal sealed record LivestreamSettings(
    string CallbackSecret, MediaServer[] Servers, string[]? Networks = null, int SampleSeconds = 5, int GraceSeconds = 60, string RecordingCategory = "live", string? Capture = null)
{
    /// <summary>At least three looks fall into every minute.</summary>
    public const int SampleSecondsMax = 20;

    public const int GraceSecondsMax = 3_600;

    public MediaServer[] Servers { get; } = Servers.Length > 0 && Servers.DistinctBy(s => s.Name, StringComparer.Ordinal).Count() == Servers.Length
        ? Servers
        : throw new FormatException("media-servers-malformed: name at least one media server, each name once");

    public int SampleSeconds { get; } = Within(SampleSeconds, 1, SampleSecondsMax, nameof(SampleSeconds));

    public int GraceSeconds { get; } = Within(GraceSeconds, 1, GraceSecondsMax, nameof(GraceSeconds));

    public string RecordingCategory { get; } = IdText.Require(RecordingCategory);

    private static int Within(int value, int min, int max, string name) => value >= min && value <= max
        ? value
        : throw new FormatException($"out-of-range: {char.ToLowerInvariant(name[0])}{name[1..]} is {min} to {max}");
}

/// <summary>A media server that is looked at.</summary>
/// <param name="Name">Part of every id that comes from it: never give it to another server.</param>
/// <param name="Kind">Whose callbacks and counters it speaks.</param>
/// <param name="Stat">Where its counters are: the <c>rtmp_stat</c> page, or the root of SRS's HTTP API.</param>
/// <param name="Control">Where nginx-rtmp takes orders (<c>rtmp_control</c>); without it a stream is dropped at its next update.</param>
/// <param name="Application">The RTMP application that broadcasters use.</param>
/// <param name="Recordings">The folder in which this host finds the server's recordings, which become videos; without it they stay files.</param>
internal sealed record MediaServer(string Name, MediaServerKind Kind, Uri Stat, Uri? Control = null, string Application = "live", string? Recordings = null)
{
    /// <summary>Leaves room for a session's number within an identifier.</summary>
    private const int NameLengthMax = 32;

    public string Name { get; } = Name.Length is > 0 and <= NameLengthMax && Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
        ? Name
        : throw new FormatException($"media-servers-malformed: a server's name has 1 to {NameLengthMax} letters, digits, '-' and '.'");

    public Uri Stat { get; } = Http(Stat);

    public Uri? Control { get; } = Control is null ? null : Http(Control);

    private static Uri Http(Uri url) => url is { IsAbsoluteUri: true, Scheme: "http" or "https" }
        ? url
        : throw new FormatException($"url-malformed: '{url}' is no http address of a media server");
}

/// <summary>Media servers whose callbacks and counters are understood.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MediaServerKind>))]
internal enum MediaServerKind
{
    /// <summary>nginx with the RTMP module.</summary>
    [JsonStringEnumMemberName("nginx-rtmp")]
    NginxRtmp,

    /// <summary>SRS 5 or later.</summary>
    [JsonStringEnumMemberName("srs")]
    Srs,
}
