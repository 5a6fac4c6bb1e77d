using System.Globalization;
using System.Text;

namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>Reads and completes what ffmpeg wrote.</summary>
internal static class HlsFolder
{
    private const string Segment = "#EXTINF:";
    private const string Stream = "#EXT-X-STREAM-INF:";

    /// <summary>How long a rendition really is: the sum of its segments, milliseconds.</summary>
    public static long DurationMs(string folder, Rung rung) => File.ReadLines(Path.Combine(folder, $"{rung.Side}", "index.m3u8"))
        .Where(line => line.StartsWith(Segment, StringComparison.Ordinal))
        .Sum(line => (long)(decimal.Parse(line[Segment.Length..line.IndexOf(',', StringComparison.Ordinal)], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * 1_000));

    /// <summary>Adds captions as a subtitle track (WebVTT), so that players show and hide them.</summary>
    public static void AddCaptions(string folder, IReadOnlyList<Caption> captions, long durationMs)
    {
        if (captions.Count == 0) return;
        StringBuilder vtt = new("WEBVTT\n");
        foreach (Caption caption in captions.OrderBy(c => c.FromMs))
            vtt.Append(CultureInfo.InvariantCulture, $"\n{Time(caption.FromMs)} --> {Time(caption.ToMs)}\n{Escape(caption.Text)}\n");
        File.WriteAllText(Path.Combine(folder, "captions.vtt"), vtt.ToString());
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{durationMs / 1_000}.{durationMs % 1_000:000}");
        File.WriteAllText(Path.Combine(folder, "captions.m3u8"), $"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:{(durationMs + 999) / 1_000}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{seconds},\ncaptions.vtt\n#EXT-X-ENDLIST\n");
        string master = Path.Combine(folder, Ladder.Master);
        List<string> lines = [.. File.ReadAllLines(master).Select(line => line.StartsWith(Stream, StringComparison.Ordinal) ? line + ",SUBTITLES=\"captions\"" : line)];
        lines.Insert(lines.FindIndex(l => l.StartsWith(Stream, StringComparison.Ordinal)), "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"captions\",DEFAULT=YES,AUTOSELECT=YES,URI=\"captions.m3u8\"");
        File.WriteAllLines(master, lines);
    }

    /// <summary>A caption's text as a cue: no markup, no arrow, no empty line that would end it.</summary>
    private static string Escape(string text) => string.Join('\n', text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Split(['\n', '\r', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim().Length > 0));

    private static string Time(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 3_600_000:00}:{ms / 60_000 % 60:00}:{ms / 1_000 % 60:00}.{ms % 1_000:000}");
}
