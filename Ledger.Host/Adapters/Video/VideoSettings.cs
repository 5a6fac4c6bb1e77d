namespace Ledger.Host.Adapters.Video;

/// <summary>The section <c>video</c> of the settings file: what may come in, and how much of the machine it may take (specs/adapters.md).</summary>
internal sealed record VideoSettings
{
    /// <param name="uploadMibMax">Largest upload, MiB.</param>
    /// <param name="clientMibMax">All unfinished and unused uploads of one client together, MiB.</param>
    /// <param name="uploadHours">How long an upload is kept that no video has been made of.</param>
    /// <param name="durationSecondsMax">Longest video.</param>
    /// <param name="sideMax">Longest side of a picture, pixels; the area is at most that of 16 to 9.</param>
    /// <param name="cpuSecondsMax">Processor time of one ffmpeg process.</param>
    /// <param name="memoryMibMax">Address space of one ffmpeg process, MiB.</param>
    /// <param name="outputMibMax">Largest file that ffmpeg may write, MiB.</param>
    /// <param name="ipfs">RPC address of an IPFS node, such as http://127.0.0.1:5001; none when left out.</param>
    /// <exception cref="FormatException"><c>video-settings-out-of-range</c> or <c>ipfs-address-malformed</c>.</exception>
    [System.Text.Json.Serialization.JsonConstructor]
    public VideoSettings(
        int uploadMibMax = 4_096, int clientMibMax = 16_384, int uploadHours = 24, int durationSecondsMax = 7_200, int sideMax = 3_840,
        int cpuSecondsMax = 14_400, int memoryMibMax = 4_096, int outputMibMax = 8_192, string? ipfs = null)
    {
        UploadMibMax = InRange("uploadMibMax", uploadMibMax, 1 << 20);
        ClientMibMax = InRange("clientMibMax", clientMibMax, 1 << 24);
        UploadHours = InRange("uploadHours", uploadHours, 24 * 30);
        DurationSecondsMax = InRange("durationSecondsMax", durationSecondsMax, 86_400);
        SideMax = InRange("sideMax", sideMax, 16_384);
        CpuSecondsMax = InRange("cpuSecondsMax", cpuSecondsMax, 1_000_000);
        MemoryMibMax = InRange("memoryMibMax", memoryMibMax, 1 << 20);
        OutputMibMax = InRange("outputMibMax", outputMibMax, 1 << 20);
        Ipfs = ipfs;
        if (ipfs is not null && (!Uri.TryCreate(ipfs, UriKind.Absolute, out Uri? rpc) || rpc.Scheme is not ("http" or "https")))
            throw new FormatException($"ipfs-address-malformed: '{ipfs}' is no http address; the RPC of a node on this machine is http://127.0.0.1:5001");
    }

    public int UploadMibMax { get; }

    public int ClientMibMax { get; }

    public int UploadHours { get; }

    public int DurationSecondsMax { get; }

    public int SideMax { get; }

    public int CpuSecondsMax { get; }

    public int MemoryMibMax { get; }

    public int OutputMibMax { get; }

    public string? Ipfs { get; }

    internal long UploadBytesMax => (long)UploadMibMax << 20;

    internal long ClientBytesMax => (long)ClientMibMax << 20;

    internal TimeSpan UploadKept => TimeSpan.FromHours(UploadHours);

    private static int InRange(string name, int value, int max) => value >= 1 && value <= max
        ? value
        : throw new FormatException($"video-settings-out-of-range: {name} is {value}; give 1 to {max}");
}
