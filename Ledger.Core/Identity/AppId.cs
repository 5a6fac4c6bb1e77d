namespace Ledger.Core.Identity;

/// <summary>Names a third-party application or game.</summary>
/// <remarks>Text rule: <see cref="IdText"/>. The default value is no identifier and its <see cref="Value"/> throws.</remarks>
public readonly record struct AppId
{
    private readonly string? _value;

    /// <exception cref="FormatException">The text breaks the rule of <see cref="IdText"/>.</exception>
    public AppId(string value) => _value = IdText.Require(value);

    /// <summary>The identifier's text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("the default AppId names nothing");

    /// <inheritdoc/>
    public override string ToString() => _value ?? "(none)";
}
