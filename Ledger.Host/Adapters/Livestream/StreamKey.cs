using System.Diagnostics.CodeAnalysis;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A secret that a broadcaster's software sends, <c>wesk_ID_SECRETCHECK</c>, in the form of <see cref="KeyForm"/>.</summary>
internal sealed record StreamKey
{
    private static readonly KeyForm Form = new("wesk_");

    private StreamKey(string text) => Text = text;

    /// <summary>The whole key: shown once, never stored.</summary>
    public string Text { get; }

    /// <summary>The public part.</summary>
    public string Id => Form.Id(Text);

    /// <summary>Makes a new key.</summary>
    public static StreamKey Generate() => new(Form.Generate());

    /// <summary>Reads a key; false when it has not the form of one. Says nothing of whether anybody knows it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out StreamKey? key)
    {
        key = Form.IsKey(text) ? new StreamKey(text!) : null;
        return key is not null;
    }

    /// <summary>What is stored.</summary>
    public byte[] Hash() => KeyForm.Hash(Text);

    /// <summary>Only the public part: a key must not get into a log.</summary>
    public override string ToString() => Form.Told(Text);
}
