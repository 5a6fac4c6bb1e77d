using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Files;

/// <summary>One checked value rule: from the texts of a row to one text more.</summary>
internal sealed class MappedValue(ValueRule rule, Template template)
{
    /// <summary>Bytes kept of an identifier that is too long; a mark and 16 hexadecimal digits of its hash follow.</summary>
    private const int ShortenedBytes = IdText.BytesMax - 17;

    public string Name => rule.Name;

    /// <summary>Checks the rule by itself.</summary>
    public static MappedValue Parse(ValueRule rule, IReadOnlyDictionary<string, int> slots, string path)
    {
        string[] operands = [.. new[] { rule.Text, rule.Id, rule.DigestOf, rule.BucketOf, rule.Number }.OfType<string>()];
        if (operands.Length != 1) throw new MappingException(path, "exactly one of text, id, digestOf, bucketOf, number");
        if (rule.Buckets is not > 0 == rule.BucketOf is not null) throw new MappingException(path, "bucketOf needs buckets above 0, and nothing else does");
        if (rule.Number is null && (rule.Multiply ?? rule.Divide ?? rule.Min ?? rule.Max) is not null) throw new MappingException(path, "multiply, divide, min and max belong to number");
        if (rule.Divide is null != rule.Round is null) throw new MappingException(path, "divide and round come together");
        if (rule.Divide == 0 || rule.Multiply == 0) throw new MappingException(path, "multiply and divide are above 0");
        if (rule.Min > rule.Max) throw new MappingException(path, "min is above max");
        return new MappedValue(rule, Template.Parse(operands[0], slots, path));
    }

    /// <exception cref="EventFormatException"><c>number-malformed</c>: a number is asked for and the text is none.</exception>
    public string Of(RowTexts texts)
    {
        string text = template.Fill(texts);
        if (rule.Id is not null) return Shorten(text);
        if (rule.DigestOf is not null) return (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 8).ToString(CultureInfo.InvariantCulture);
        if (rule.BucketOf is not null) return (NameTable.Hash(Encoding.UTF8.GetBytes(text)) % rule.Buckets!.Value).ToString(CultureInfo.InvariantCulture);
        return rule.Number is not null ? Calculate(text) : text;
    }

    private static string Shorten(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length <= IdText.BytesMax) return text;
        int size = ShortenedBytes;
        while ((utf8[size] & 0xc0) == 0x80) size--; // never through the middle of a character
        return string.Concat(Encoding.UTF8.GetString(utf8, 0, size), "~", Convert.ToHexStringLower(SHA256.HashData(utf8).AsSpan(0, 8)));
    }

    private string Calculate(string text)
    {
        // 18 digits times 64 bits stay within 128.
        if (text.Length > 18 || !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            throw new EventFormatException("number-malformed", rule.Name, $"'{(text.Length > 40 ? text[..40] : text)}' is no whole number of at most 18 digits");
        UInt128 value = (UInt128)number * (rule.Multiply ?? 1);
        if (rule.Divide is { } divisor) value = (value + (rule.Round == Rounding.Up ? divisor - 1 : 0)) / divisor;
        if (rule.Min is { } min && value < min) value = min;
        if (rule.Max is { } max && value > max) value = max;
        return value.ToString(CultureInfo.InvariantCulture);
    }
}
