using System.Security.Cryptography;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>What <c>Upload-Checksum</c> promises of a request's body.</summary>
/// <param name="Algorithm">How it was made.</param>
/// <param name="Value">What it is.</param>
internal sealed record UploadChecksum(HashAlgorithmName Algorithm, byte[] Value)
{
    /// <summary>What the server can compute, as <c>Tus-Checksum-Algorithm</c> lists it; the protocol asks for sha1.</summary>
    public const string Algorithms = "sha1,sha256";

    /// <summary>Reads <c>ALGORITHM BASE64</c>; null when it is neither.</summary>
    public static UploadChecksum? Parse(string header)
    {
        int space = header.IndexOf(' ', StringComparison.Ordinal);
        (HashAlgorithmName Name, int Bytes)? algorithm = space < 0 ? null : header[..space] switch
        {
            "sha1" => (HashAlgorithmName.SHA1, 20),
            "sha256" => (HashAlgorithmName.SHA256, 32),
            _ => null,
        };
        if (algorithm is not { } known) return null;
        byte[] value = new byte[known.Bytes];
        return Convert.TryFromBase64String(header[(space + 1)..], value, out int size) && size == known.Bytes ? new UploadChecksum(known.Name, value) : null;
    }
}
