namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>What files may be: containers that hold their media themselves, and codecs. Nothing that names other files or addresses is among them.</summary>
internal static class Formats
{
    /// <summary>Told to ffmpeg before every input: it opens nothing else, whatever the file says. References of MP4 to other files are off unless asked for.</summary>
    public const string InputArguments =
        "-protocol_whitelist file,pipe -format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,mpegts";

    private static readonly string[] VideoCodecs = ["h264", "hevc", "vp8", "vp9", "av1", "mpeg4"];
    private static readonly string[] AudioCodecs = ["aac", "mp3", "opus", "vorbis", "flac", "pcm_s16le"];

    // By what ffprobe calls a container, the types that a client may declare for it.
    private static readonly (string Format, string[] Types)[] Containers =
    [
        ("mp4", ["video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "video/x-m4v"]),
        ("webm", ["video/webm", "video/x-matroska", "video/matroska"]),
        ("flv", ["video/x-flv"]),
        ("mpegts", ["video/mp2t"]),
    ];

    public static bool IsVideo(string? codec) => VideoCodecs.Contains(codec, StringComparer.Ordinal);

    public static bool IsAudio(string? codec) => AudioCodecs.Contains(codec, StringComparer.Ordinal);

    /// <summary>Whether a file of a container may have been declared as a type; names are ffprobe's, several for one container.</summary>
    public static bool Matches(string formatNames, string declaredType) =>
        Containers.Any(c => formatNames.Split(',').Contains(c.Format, StringComparer.Ordinal) && c.Types.Contains(declaredType, StringComparer.OrdinalIgnoreCase));
}
