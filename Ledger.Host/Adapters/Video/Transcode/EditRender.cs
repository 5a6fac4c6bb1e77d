using System.Globalization;
using System.Text;
using FFMpegCore;

namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>Renders an edit list into one file, near lossless, which is then the video's source.</summary>
internal static class EditRender
{
    /// <summary>How long the result is.</summary>
    /// <exception cref="MediaRefusedException"><c>edit-out-of-range</c>: a clip begins or ends behind its upload's end.</exception>
    public static long DurationMs(EditList edits, IReadOnlyList<MediaFile> files)
    {
        long sum = 0;
        for (int i = 0; i < files.Count; i++)
        {
            (long from, long to) = (edits.Clips[i].FromMs, edits.Clips[i].ToMs ?? files[i].DurationMs);
            if (from >= files[i].DurationMs || to > files[i].DurationMs)
                throw new MediaRefusedException("edit-out-of-range", $"clip {i + 1} is {from} to {to} ms of an upload that has {files[i].DurationMs} ms");
            sum += to - from;
        }

        return sum;
    }

    /// <summary>The command; <paramref name="files"/> are the clips' files, one for each clip.</summary>
    public static FFMpegArgumentProcessor Arguments(EditList edits, IReadOnlyList<MediaFile> files, string output)
    {
        FFMpegArguments inputs = FFMpegArguments.FromFileInput(files[0].Path, verifyExists: true, o => o.WithCustomArgument(Formats.InputArguments));
        foreach (MediaFile file in files.Skip(1)) inputs = inputs.AddFileInput(file.Path, verifyExists: true, o => o.WithCustomArgument(Formats.InputArguments));
        return inputs.OutputToFile(output, overwrite: true, o => o.WithCustomArgument(
            $"-filter_complex \"{Filter(edits, files)}\" -map [v] -map [a] -c:v libx264 -preset veryfast -crf 18 -c:a aac -b:a 192k -map_metadata -1 -movflags +faststart -f mp4"));
    }

    /// <summary>Every clip cut out, brought to the first one's frame and to stereo, joined; then the mutes.</summary>
    internal static string Filter(EditList edits, IReadOnlyList<MediaFile> files)
    {
        StringBuilder filter = new();
        StringBuilder joined = new();
        (int width, int height) = (Even(files[0].Width), Even(files[0].Height));
        for (int i = 0; i < files.Count; i++)
        {
            (string from, string to) = (Seconds(edits.Clips[i].FromMs), Seconds(edits.Clips[i].ToMs ?? files[i].DurationMs));
            filter.Append(CultureInfo.InvariantCulture, $"[{i}:v:0]trim=start={from}:end={to},setpts=PTS-STARTPTS,fps=30,scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p[v{i}];");
            filter.Append(files[i].HasAudio
                ? string.Create(CultureInfo.InvariantCulture, $"[{i}:a:0]atrim=start={from}:end={to},asetpts=PTS-STARTPTS,aresample=48000,aformat=channel_layouts=stereo[a{i}];")
                : string.Create(CultureInfo.InvariantCulture, $"anullsrc=r=48000:cl=stereo,atrim=duration={Seconds((edits.Clips[i].ToMs ?? files[i].DurationMs) - edits.Clips[i].FromMs)}[a{i}];"));
            joined.Append(CultureInfo.InvariantCulture, $"[v{i}][a{i}]");
        }

        filter.Append(joined).Append(CultureInfo.InvariantCulture, $"concat=n={files.Count}:v=1:a=1[v][joined];[joined]");
        filter.Append(edits.Mute.Count == 0
            ? "anull"
            : $"volume=volume=0:enable='{string.Join('+', edits.Mute.Select(m => $"between(t,{Seconds(m.FromMs)},{Seconds(m.ToMs)})"))}'");
        return filter.Append("[a]").ToString();
    }

    private static int Even(int side) => Math.Max(2, side / 2 * 2);

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1_000}.{ms % 1_000:000}");
}
