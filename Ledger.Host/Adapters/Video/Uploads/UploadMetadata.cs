using System.Buffers.Text;
using System.Text;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>Reads <c>Upload-Metadata</c>: pairs of a name and a Base64 value, commas between them.</summary>
internal static class UploadMetadata
{
    /// <summary>Longest header that is kept.</summary>
    public const int LengthMax = 4 << 10;

    /// <summary>The values by name; null when the header is malformed or has a name twice.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string header)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        if (header.Length == 0) return values;
        if (header.Length > LengthMax || !Ascii.IsValid(header)) return null;
        foreach (string pair in header.Split(','))
        {
            string[] parts = pair.Trim().Split(' ');
            string value = parts.Length == 2 ? parts[1] : "";
            if (parts.Length > 2 || parts[0].Length == 0 || !Base64.IsValid(value) || !values.TryAdd(parts[0], Encoding.UTF8.GetString(Convert.FromBase64String(value)))) return null;
        }

        return values;
    }
}
