using System.Buffers.Binary;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>What the distributor contract keeps of a root beside the root itself (specs/contracts.md).</summary>
public static class RootCommitment
{
    private const int WordBytes = 32;
    private const int Words = 6;

    /// <summary>Keccak-256 over abi.encode(uint24 window, uint96 total, bytes32 root, bytes32 logRoot, bytes32 statementDigest, bytes32 rulesetHash).</summary>
    /// <param name="window">The window that was settled.</param>
    /// <param name="total">Sum over the leaves of the settled tree.</param>
    /// <param name="root">The settled tree's root.</param>
    /// <param name="logRoot">Root of the log when the window was sealed.</param>
    /// <param name="statementDigest">Digest of the window's statement.</param>
    /// <param name="rulesetHash">The ruleset it closed under.</param>
    public static Digest Of(Day window, TokenAmount total, Digest root, Digest logRoot, Digest statementDigest, Digest rulesetHash)
    {
        Span<byte> encoded = stackalloc byte[Words * WordBytes];
        encoded.Clear();
        BinaryPrimitives.WriteInt32BigEndian(encoded[(WordBytes - sizeof(int))..], window.Number);
        BinaryPrimitives.WriteUInt128BigEndian(encoded[((2 * WordBytes) - 16)..], total.BaseUnits);
        root.WriteTo(encoded[(2 * WordBytes)..]);
        logRoot.WriteTo(encoded[(3 * WordBytes)..]);
        statementDigest.WriteTo(encoded[(4 * WordBytes)..]);
        rulesetHash.WriteTo(encoded[(5 * WordBytes)..]);
        return Keccak256.Hash(encoded);
    }
}
