namespace Ledger.Core.Rulesets;

/// <summary>One thing that is wrong with a ruleset.</summary>
/// <param name="Code">Stable, kebab-case; the list is in specs/rules.md.</param>
/// <param name="Path">Where, as a JSON path from <c>$</c>.</param>
/// <param name="Message">What was expected, for a person.</param>
public sealed record RulesetError(string Code, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code} at {Path}: {Message}";
}
