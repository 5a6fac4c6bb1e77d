namespace Ledger.Host.Cli;

/// <summary>A command cannot do what it was asked: told to the person as <c>code: what happened; what to do</c>.</summary>
/// <param name="exitCode">See <see cref="ExitCode"/>.</param>
/// <param name="code">Stable, kebab-case.</param>
/// <param name="what">What happened.</param>
/// <param name="advice">What to do.</param>
internal sealed class CliException(int exitCode, string code, string what, string advice) : Exception($"{code}: {what}; {advice}")
{
    public int ExitCode { get; } = exitCode;

    public string Code { get; } = code;
}
