using FFMpegCore;

namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>Holds what a file says it is against what may come in.</summary>
internal static class MediaChecks
{
    private const int StreamsMax = 8;

    /// <exception cref="MediaRefusedException">The first rule that it breaks.</exception>
    public static MediaFile Of(string path, IMediaAnalysis found, string? declaredType, VideoSettings settings)
    {
        if (declaredType is not null && !Formats.Matches(found.Format.FormatName, declaredType))
            throw new MediaRefusedException("media-mismatch", $"it was declared as {declaredType} and is {found.Format.FormatName}");
        if (found.VideoStreams.Count + found.AudioStreams.Count + found.SubtitleStreams.Count > StreamsMax)
            throw new MediaRefusedException("media-streams", $"more than {StreamsMax} streams");
        if (found.PrimaryVideoStream is not { Width: > 0 and var width, Height: > 0 and var height } video) throw new MediaRefusedException("media-no-video", "there is no picture in it");
        if (found.VideoStreams.FirstOrDefault(s => !Formats.IsVideo(s.CodecName)) is { } picture) throw Codec(picture.CodecName);
        if (found.AudioStreams.FirstOrDefault(s => !Formats.IsAudio(s.CodecName)) is { } sound) throw Codec(sound.CodecName);
        if (Math.Max(width, height) > settings.SideMax || (long)width * height > (long)settings.SideMax * settings.SideMax * 9 / 16)
            throw new MediaRefusedException("media-too-large", $"{width} × {height} pixels; at most {settings.SideMax} × {settings.SideMax * 9 / 16}");
        long durationMs = (long)found.Duration.TotalMilliseconds;
        if (durationMs <= 0) throw new MediaRefusedException("media-no-duration", "it does not say how long it is");
        if (durationMs > settings.DurationSecondsMax * 1_000L) throw new MediaRefusedException("media-too-long", $"{durationMs / 1_000} s; at most {settings.DurationSecondsMax}");
        bool turned = Math.Abs(video.Rotation) % 180 == 90;
        return new MediaFile(path, durationMs, turned ? height : width, turned ? width : height, found.PrimaryAudioStream is not null);
    }

    private static MediaRefusedException Codec(string? name) => new("media-codec", $"the codec '{name ?? "unknown"}' is not taken here");
}
