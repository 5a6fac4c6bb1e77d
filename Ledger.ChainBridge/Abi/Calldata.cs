using System.Numerics;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Nethereum.ABI;

namespace Ledger.ChainBridge.Abi;

/// <summary>Calls of contract functions as bytes: four of the signature's hash, then the arguments as Nethereum encodes them.</summary>
internal static class Calldata
{
    private const int SelectorBytes = 4;

    /// <summary>A call.</summary>
    /// <param name="signature">For example <c>balanceOf(address)</c>; a tuple of static types stands as its parts in <paramref name="arguments"/>.</param>
    /// <param name="arguments">Values with their ABI types.</param>
    public static byte[] Of(string signature, params ABIValue[] arguments) =>
        [.. Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray()[..SelectorBytes], .. new ABIEncode().GetABIEncoded(arguments)];

    /// <summary>The first topic of an event's logs.</summary>
    public static Digest Topic(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));

    public static ABIValue Number(string type, BigInteger value) => new(type, value);

    public static ABIValue Word(Digest value) => new("bytes32", value.ToArray());

    public static ABIValue Address(WalletAddress value) => new("address", value.ToString());
}

/// <summary>What a call answered or a log holds, as words of 32 bytes.</summary>
internal readonly record struct AbiWords(ReadOnlyMemory<byte> Bytes)
{
    private const int WordBytes = 32;
    private const int AddressOffset = 12;

    /// <summary>A word as it is.</summary>
    public Digest Word(int index) => Digest.FromBytes(At(index));

    /// <summary>A word as an unsigned number.</summary>
    public BigInteger Number(int index) => new(At(index), isUnsigned: true, isBigEndian: true);

    /// <summary>A word as a number of at most 128 bits.</summary>
    /// <exception cref="FormatException"><c>abi-range</c>.</exception>
    public UInt128 UInt128(int index) => Number(index) is var number && number.GetBitLength() <= 128
        ? (UInt128)number
        : throw new FormatException("abi-range: the contract answered with more than 128 bits; it is not the contract that is expected");

    /// <summary>A word as an address.</summary>
    public WalletAddress Address(int index) => WalletAddress.FromBytes(At(index)[AddressOffset..]);

    private ReadOnlySpan<byte> At(int index) => Bytes.Length >= (index + 1) * WordBytes
        ? Bytes.Span.Slice(index * WordBytes, WordBytes)
        : throw new FormatException($"abi-short: the contract answered {Bytes.Length} bytes, too few; there is no such contract at the address");
}
