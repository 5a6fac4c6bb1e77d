using System.Buffers.Binary;
using Ledger.Core.Quantities;

namespace Ledger.Core.Merkle;

/// <summary>What one payee may claim: the content of a leaf of the reward tree (<c>specs/merkle.md</c>).</summary>
/// <param name="Domain">
/// What the leaf is for: a hash that binds it to one chain, one contract and one token, so that it proves nothing elsewhere.
/// </param>
/// <param name="Payee">Who may claim, as 32 bytes.</param>
/// <param name="Cumulative">All that the payee ever earned; encoded in base units.</param>
/// <remarks>
/// The ABI encoding of <c>(bytes32, bytes32, uint256)</c>, 96 bytes:
/// <code>
/// offset  length  field
///      0      32  domain
///     32      32  payee
///     64      32  cumulative, big-endian; its first 16 bytes are zero
/// </code>
/// </remarks>
public readonly record struct RewardLeaf(Digest Domain, Digest Payee, TokenAmount Cumulative)
{
    /// <summary>Length of the encoding in bytes.</summary>
    public const int EncodedBytes = 96;

    private const int PayeeOffset = 32;
    private const int CumulativeOffset = 64;
    private const int CumulativeLowOffset = 80;

    /// <summary>Writes the 96 bytes of the ABI encoding at the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than that.</exception>
    public void WriteTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, EncodedBytes, nameof(destination));
        Domain.WriteTo(destination);
        Payee.WriteTo(destination[PayeeOffset..]);
        destination[CumulativeOffset..CumulativeLowOffset].Clear();
        BinaryPrimitives.WriteUInt128BigEndian(destination[CumulativeLowOffset..], Cumulative.BaseUnits);
    }

    /// <summary>The leaf's hash: Keccak-256 of Keccak-256 of the encoding.</summary>
    public Digest Hash()
    {
        Span<byte> encoded = stackalloc byte[EncodedBytes];
        WriteTo(encoded);
        return RewardProof.HashLeaf(encoded);
    }
}
