namespace Ledger.Host.Adapters.Video.Transcode;

/// <summary>A file that is not taken for what it is, or is not.</summary>
/// <param name="code">Stable, kebab-case; the closed set is in specs/adapters.md.</param>
/// <param name="detail">What was found, and what to do.</param>
internal sealed class MediaRefusedException(string code, string detail) : Exception($"{code}: {detail}")
{
    public string Code => code;

    public string Detail => detail;
}
