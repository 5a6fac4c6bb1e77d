namespace Ledger.Host.Adapters.Video;

/// <summary>The section <c>video</c> of the settings file: what may come in, and how much of the machine it may take (specs/adapters.md).</summary>
/// <param name="UploadMibMax">Largest upload, MiB.</param>
/// <param name="ClientMibMax">All unfinished and unused uploads of one client together, MiB.</param>
/// <param name="UploadHours">How long an upload is kept that no video has been made of.</param>
internal sealed record VideoSettings(int UploadMibMax = 4_096, int ClientMibMax = 16_384, int UploadHours = 24)
{
    /// <summary>Largest upload, bytes.</summary>
    public long UploadBytesMax => (long)InRange(nameof(UploadMibMax), UploadMibMax, 1 << 20) << 20;

    /// <summary>All uploads of one client together, bytes.</summary>
    public long ClientBytesMax => (long)InRange(nameof(ClientMibMax), ClientMibMax, 1 << 24) << 20;

    /// <summary>How long an unused upload is kept.</summary>
    public TimeSpan UploadKept => TimeSpan.FromHours(InRange(nameof(UploadHours), UploadHours, 24 * 30));

    private static int InRange(string name, int value, int max) => value >= 1 && value <= max
        ? value
        : throw new FormatException($"video-settings-out-of-range: {char.ToLowerInvariant(name[0])}{name[1..]} is {value}; give 1 to {max}");
}
