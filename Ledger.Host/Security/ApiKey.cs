using System.Diagnostics.CodeAnalysis;

namespace Ledger.Host.Security;

/// <summary>A client's secret, <c>welk_ID_SECRETCHECK</c>, in the form of <see cref="KeyForm"/>.</summary>
internal sealed record ApiKey
{
    private static readonly KeyForm Form = new("welk_");

    private ApiKey(string text) => Text = text;

    /// <summary>The whole key: shown once, never stored.</summary>
    public string Text { get; }

    /// <summary>The public part.</summary>
    public string Id => Form.Id(Text);

    /// <summary>Makes a new key.</summary>
    public static ApiKey Generate() => new(Form.Generate());

    /// <summary>Reads a key; false when it has not the form of one. Says nothing of whether anybody knows it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiKey? key)
    {
        key = Form.IsKey(text) ? new ApiKey(text.ToString()) : null;
        return key is not null;
    }

    /// <summary>What is stored.</summary>
    public byte[] Hash() => KeyForm.Hash(Text);

    /// <summary>Only the public part: a key must not get into a log.</summary>
    public override string ToString() => Form.Told(Text);
}
