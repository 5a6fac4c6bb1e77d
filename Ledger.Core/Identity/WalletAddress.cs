using System.Globalization;

namespace Ledger.Core.Identity;

/// <summary>A 20-byte EVM address.</summary>
/// <remarks>Accepted and printed as 0x and 40 lower-case hexadecimal digits. The default is the zero address, which is nobody's and is refused where a wallet is linked.</remarks>
public readonly record struct WalletAddress(UInt128 High16, uint Low4)
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeBytes = 20;

    /// <summary>Reads 20 bytes.</summary>
    public static WalletAddress FromBytes(ReadOnlySpan<byte> bytes) => new(
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes[..16]),
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(16, 4)));

    /// <summary>Reads 0x and 40 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out WalletAddress address)
    {
        address = default;
        if (text.Length != 42 || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (!UInt128.TryParse(text[2..34], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 high)) return false;
        if (!uint.TryParse(text[34..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint low)) return false;
        address = new WalletAddress(high, low);
        return true;
    }

    /// <summary>Writes 20 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, High16);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Low4);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{High16:x32}{Low4:x8}");
}
