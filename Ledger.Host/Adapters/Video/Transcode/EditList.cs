namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>A piece of an upload.</summary>
/// <param name="Upload">Which upload.</param>
/// <param name="FromMs">Where it begins in the upload.</param>
/// <param name="ToMs">Where it ends; the upload's end when left out.</param>
internal sealed record Clip(string Upload, long FromMs = 0, long? ToMs = null);

/// <summary>A stretch of the finished video.</summary>
/// <param name="FromMs">Where it begins.</param>
/// <param name="ToMs">Where it ends.</param>
internal sealed record Stretch(long FromMs, long ToMs);

/// <summary>A text shown over a stretch of the finished video.</summary>
/// <param name="FromMs">When it appears.</param>
/// <param name="ToMs">When it is gone.</param>
/// <param name="Text">What it says.</param>
internal sealed record Caption(long FromMs, long ToMs, string Text);

/// <summary>What a creator makes of uploads, declared: pieces in order, without sound where it is muted, with captions.</summary>
/// <param name="Clips">The pieces, joined in this order.</param>
/// <param name="Mute">Where there is no sound, in the finished video's time.</param>
/// <param name="Captions">What is written, in the finished video's time.</param>
internal sealed record EditList(IReadOnlyList<Clip> Clips, IReadOnlyList<Stretch> Mute, IReadOnlyList<Caption> Captions)
{
    private const int PartsMax = 64;
    private const int CaptionLengthMax = 400;
    private const long TimeMsMax = 86_400_000;

    /// <summary>Whether the finished video is one upload as it came; captions lie beside it and change no byte.</summary>
    public bool IsAsUploaded => Clips is [{ FromMs: 0, ToMs: null }] && Mute.Count == 0;

    /// <summary>What makes no sense in the list, or null.</summary>
    public string? Fault()
    {
        if (Clips.Any(c => c is null) || Mute.Any(m => m is null) || Captions.Any(c => c is null)) return "null is no clip, mute or caption";
        if (Clips.Count is 0 or > PartsMax) return $"1 to {PartsMax} clips";
        if (Mute.Count > PartsMax || Captions.Count > 1_000) return $"at most {PartsMax} mutes and 1,000 captions";
        if (Clips.Any(c => !IsStretch(c.FromMs, c.ToMs ?? TimeMsMax))) return "a clip ends after it begins, within a day";
        if (Mute.Any(m => !IsStretch(m.FromMs, m.ToMs)) || Captions.Any(c => !IsStretch(c.FromMs, c.ToMs))) return "a mute or caption ends after it begins, within a day";
        return Captions.Any(c => c.Text.Length is 0 or > CaptionLengthMax) ? $"a caption has 1 to {CaptionLengthMax} characters" : null;
    }

    private static bool IsStretch(long fromMs, long toMs) => fromMs >= 0 && toMs > fromMs && toMs <= TimeMsMax;
}
