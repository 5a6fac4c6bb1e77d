namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>A file that passed the checks, as it says it is.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="DurationMs">Its length as its header has it; what is really in it is known after decoding.</param>
/// <param name="Width">As shown, rotation applied, pixels.</param>
/// <param name="Height">As shown, rotation applied, pixels.</param>
/// <param name="HasAudio">Whether it has sound.</param>
internal sealed record MediaFile(string Path, long DurationMs, int Width, int Height, bool HasAudio);
