using System.Globalization;
using System.Text;
using FFMpegCore;

namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>A quality that players can choose.</summary>
/// <param name="Side">Pixels of the shorter side.</param>
/// <param name="VideoKbps">Picture, at most about this.</param>
/// <param name="AudioKbps">Sound.</param>
internal sealed record Rung(int Side, int VideoKbps, int AudioKbps);

/// <summary>H.264 and AAC in HLS, segments of four seconds, in the qualities that the source has; and thumbnails, in the same pass over the source.</summary>
internal static class Ladder
{
    public const string Master = "master.m3u8";

    private const int SegmentSeconds = 4;

    private static readonly Rung[] All = [new(1080, 5_000, 160), new(720, 2_800, 128), new(480, 1_400, 128), new(360, 800, 96), new(240, 400, 64)];

    /// <summary>The rungs that are no larger than the source; a source smaller than all has one of its own size.</summary>
    public static IReadOnlyList<Rung> For(MediaFile source)
    {
        int side = Math.Min(source.Width, source.Height);
        Rung[] rungs = [.. All.Where(r => r.Side <= side)];
        return rungs.Length > 0 ? rungs : [All[^1] with { Side = Math.Max(2, side / 2 * 2) }];
    }

    /// <summary>The one command that makes all of it in a folder.</summary>
    public static FFMpegArgumentProcessor Arguments(MediaFile source, string folder, int secondsMax) =>
        FFMpegArguments
            .FromFileInput(source.Path, verifyExists: true, o => o.WithCustomArgument(Formats.InputArguments))
            .OutputToMany(outputs => outputs
                .OutputToFile(Path.Combine(folder, "%v", "index.m3u8"), overwrite: true, o => o.WithCustomArgument(Hls(source, For(source), folder, secondsMax)))
                .OutputToFile(Path.Combine(folder, "thumbnail-%03d.jpg"), overwrite: true, o => o.WithCustomArgument("-map [t] -frames:v 8 -c:v mjpeg -q:v 4 -f image2")));

    internal static string Hls(MediaFile source, IReadOnlyList<Rung> rungs, string folder, int secondsMax)
    {
        StringBuilder filter = new($"[0:v:0]split={rungs.Count + 1}{string.Concat(rungs.Select(r => $"[s{r.Side}]"))}[s];");
        foreach (Rung rung in rungs)
            filter.Append(CultureInfo.InvariantCulture, $"[s{rung.Side}]scale=w='if(gt(iw,ih),-2,{rung.Side})':h='if(gt(iw,ih),{rung.Side},-2)',setsar=1,format=yuv420p[v{rung.Side}];");
        // Eight thumbnails at most, evenly over the length that the header has.
        filter.Append(CultureInfo.InvariantCulture, $"[s]fps=fps=1000/{Math.Max(1_000, source.DurationMs / 8)}:round=up,scale=w='if(gt(iw,ih),320,-2)':h='if(gt(iw,ih),-2,320)',setsar=1,format=yuvj420p[t]");
        StringBuilder text = new($"-filter_complex \"{filter}\"");
        for (int i = 0; i < rungs.Count; i++)
        {
            Rung rung = rungs[i];
            text.Append(CultureInfo.InvariantCulture, $" -map [v{rung.Side}] -b:v:{i} {rung.VideoKbps}k -maxrate:v:{i} {rung.VideoKbps * 11 / 10}k -bufsize:v:{i} {rung.VideoKbps * 3 / 2}k");
            if (source.HasAudio) text.Append(CultureInfo.InvariantCulture, $" -map 0:a:0 -b:a:{i} {rung.AudioKbps}k");
        }

        string variants = string.Join(' ', rungs.Select((r, i) => source.HasAudio ? $"v:{i},a:{i},name:{r.Side}" : $"v:{i},name:{r.Side}"));
        return text.Append(CultureInfo.InvariantCulture, $" -t {secondsMax} -fpsmax 60 -c:v libx264 -preset veryfast -profile:v high -sc_threshold 0 -force_key_frames expr:gte(t,n_forced*{SegmentSeconds})")
            .Append(" -c:a aac -ac 2 -ar 48000 -map_metadata -1 -f hls -hls_playlist_type vod -hls_flags independent_segments")
            .Append(CultureInfo.InvariantCulture, $" -hls_time {SegmentSeconds} -master_pl_name {Master} -var_stream_map \"{variants}\" -hls_segment_filename \"{Path.Combine(folder, "%v", "%05d.ts")}\"")
            .ToString();
    }
}
