using System.Buffers.Binary;

namespace Ledger.Core.Merkle;

/// <summary>
/// A 32-byte hash, of either function used here: Keccak-256 (<see cref="Keccak256"/>) or SHA-256 (<see cref="LogHash"/>).
/// The default value is 32 zero bytes (<see cref="Zero"/>).
/// </summary>
/// <remarks>
/// Ordered as its bytes are, first byte first, which is also the order of the number they make in big-endian. The four
/// words are held in that order, so that comparing words compares bytes. Equality takes a time that depends on the
/// value: a digest is public, never a secret.
/// </remarks>
/// <param name="A">Bytes 0 to 7, big-endian: a sort key that agrees with the order of digests.</param>
/// <param name="B">Bytes 8 to 15, big-endian.</param>
/// <param name="C">Bytes 16 to 23, big-endian.</param>
/// <param name="D">Bytes 24 to 31, big-endian.</param>
public readonly record struct Digest(ulong A, ulong B, ulong C, ulong D) : IComparable<Digest>
{
    /// <summary>Length in bytes.</summary>
    public const int SizeBytes = 32;

    private const int WordBytes = sizeof(ulong);
    private const string Prefix = "0x";

    /// <summary>32 zero bytes: the root of a reward tree without leaves. No message is known to hash to it.</summary>
    public static Digest Zero => default;

    /// <summary>Takes exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are fewer bytes, or more.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes) throw new ArgumentException($"A digest has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        return new Digest(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[WordBytes..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(2 * WordBytes)..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(3 * WordBytes)..]));
    }

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Digest Parse(ReadOnlySpan<char> text) => TryParse(text, out var digest)
        ? digest
        : throw new FormatException($"A digest is written as {Prefix} and {2 * SizeBytes} hexadecimal digits.");

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits of either case.</summary>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        if (text.Length != Prefix.Length + (2 * SizeBytes) || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (Convert.FromHexString(text[Prefix.Length..], bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        digest = FromBytes(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes at the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than that.</exception>
    public void WriteTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, SizeBytes, nameof(destination));
        BinaryPrimitives.WriteUInt64BigEndian(destination, A);
        BinaryPrimitives.WriteUInt64BigEndian(destination[WordBytes..], B);
        BinaryPrimitives.WriteUInt64BigEndian(destination[(2 * WordBytes)..], C);
        BinaryPrimitives.WriteUInt64BigEndian(destination[(3 * WordBytes)..], D);
    }

    /// <summary>The 32 bytes, in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>Compares byte by byte from the first, each as an unsigned number.</summary>
    public int CompareTo(Digest other)
    {
        if (A != other.A) return A.CompareTo(other.A);
        if (B != other.B) return B.CompareTo(other.B);
        if (C != other.C) return C.CompareTo(other.C);
        return D.CompareTo(other.D);
    }

    /// <summary><c>0x</c> and 64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        WriteTo(bytes);
        return Prefix + Convert.ToHexStringLower(bytes);
    }
}
