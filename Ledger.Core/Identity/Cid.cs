using Ledger.Core.Merkle;

namespace Ledger.Core.Identity;

/// <summary>What a <see cref="Cid"/> names: the bytes themselves, or a node that links to others. Values are multicodec's.</summary>
public enum CidCodec : byte
{
    /// <summary>The block is a piece of the content, nothing around it.</summary>
    Raw = 0x55,

    /// <summary>The block is a DAG-PB node, which links the pieces.</summary>
    DagPb = 0x70,
}

/// <summary>The name that IPFS gives to content: a CIDv1 over SHA-256, such as <c>bafkrei…</c>. Equal content under equal cutting has one name.</summary>
/// <remarks>
/// Its 36 bytes are version 1, the codec, the hash function 0x12 (SHA-256), the length 32 and the hash. Only what a file can have is accepted:
/// the codecs of <see cref="CidCodec"/>. The default value has no codec and is no CID.
/// </remarks>
/// <param name="Codec">What the hash was taken over.</param>
/// <param name="Hash">SHA-256 of the block.</param>
public readonly record struct Cid(CidCodec Codec, Digest Hash)
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeBytes = 4 + Digest.SizeBytes;

    /// <summary>Characters of the text form: <c>b</c> for base32, then five bits a character.</summary>
    public const int TextLength = 1 + (((SizeBytes * 8) + 4) / 5);

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Reads the binary form.</summary>
    /// <returns>False if the bytes are anything else.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out Cid cid)
    {
        cid = default;
        if (bytes.Length != SizeBytes || bytes[0] != 1 || bytes[1] is not ((byte)CidCodec.Raw or (byte)CidCodec.DagPb) || bytes[2] != 0x12 || bytes[3] != Digest.SizeBytes) return false;
        cid = new Cid((CidCodec)bytes[1], Digest.FromBytes(bytes[4..]));
        return true;
    }

    /// <summary>Reads the text form: <c>b</c> and 58 characters of lower-case base32 (RFC 4648) without padding.</summary>
    /// <returns>False if the text is anything else, also where it is a CID of another version, base, codec or hash.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Cid cid)
    {
        cid = default;
        if (text.Length != TextLength || text[0] != 'b') return false;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        (uint bits, int count, int at) = (0, 0, 0);
        foreach (char c in text[1..])
        {
            int value = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0) return false;
            bits = (bits << 5) | (uint)value;
            count += 5;
            if (count < 8) continue;
            count -= 8;
            bytes[at++] = (byte)(bits >> count);
            bits &= (1u << count) - 1;
        }

        return bits == 0 && TryFromBytes(bytes, out cid); // bits left over are zero in the one canonical text
    }

    /// <summary>Writes the binary form at the start of <paramref name="destination"/>.</summary>
    public void WriteTo(Span<byte> destination)
    {
        destination[0] = 1;
        destination[1] = (byte)Codec;
        destination[2] = 0x12;
        destination[3] = Digest.SizeBytes;
        Hash.WriteTo(destination[4..]);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        WriteTo(bytes);
        Span<char> text = stackalloc char[TextLength];
        text[0] = 'b';
        (uint bits, int count, int at) = (0, 0, 1);
        foreach (byte b in bytes)
        {
            bits = (bits << 8) | b;
            count += 8;
            while (count >= 5)
            {
                count -= 5;
                text[at++] = Alphabet[(int)(bits >> count)];
                bits &= (1u << count) - 1;
            }
        }

        if (count > 0) text[at] = Alphabet[(int)(bits << (5 - count))];
        return new string(text);
    }
}
