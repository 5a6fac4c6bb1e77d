using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Core.Events;

/// <summary>What the ledger keeps of a comment: how many letters it has and a digest that tells repeated comments; never its words.</summary>
/// <remarks>
/// Both are taken by whoever holds the text. The digest is of the normalised text: runs of white space become one space, none at either end,
/// letters in invariant lower case (simple case mapping), then UTF-8; a lone surrogate becomes U+FFFD. Emoji and punctuation stay.
/// </remarks>
public static class CommentText
{
    /// <summary>Letters are counted up to here.</summary>
    public const byte LettersMax = 255;

    /// <summary>Largest digest: 56 bits, so that digest and letters share one 64-bit column.</summary>
    public const ulong DigestMax = (1UL << 56) - 1;

    /// <summary>Unicode letters and digits in the text, capped at <see cref="LettersMax"/>.</summary>
    public static byte Letters(ReadOnlySpan<char> text)
    {
        int letters = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) && ++letters == LettersMax) break;
        }

        return (byte)letters;
    }

    /// <summary>The first 56 bits of SHA-256 over the normalised text, as a big-endian number.</summary>
    public static ulong Digest(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(Normalise(text)), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) >> 8;
    }

    private static string Normalise(ReadOnlySpan<char> text)
    {
        StringBuilder normal = new(text.Length);
        bool gap = false;
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                gap = normal.Length > 0;
                continue;
            }

            if (gap) normal.Append(' ');
            gap = false;
            normal.Append(units[..Rune.ToLowerInvariant(rune).EncodeToUtf16(units)]);
        }

        return normal.ToString();
    }
}
