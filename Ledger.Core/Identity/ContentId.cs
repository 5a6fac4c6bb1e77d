namespace Ledger.Core.Identity;

/// <summary>Names a video.</summary>
/// <remarks>Text rule: <see cref="IdText"/>. The default value is no identifier and its <see cref="Value"/> throws.</remarks>
public readonly record struct ContentId
{
    private readonly string? _value;

    /// <exception cref="FormatException">The text breaks the rule of <see cref="IdText"/>.</exception>
    public ContentId(string value) => _value = IdText.Require(value);

    /// <summary>The identifier's text.</summary>
    public string Value => _value ?? throw new InvalidOperationException("the default ContentId names nothing");

    /// <inheritdoc/>
    public override string ToString() => _value ?? "(none)";
}
