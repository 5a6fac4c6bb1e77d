using System.Numerics;
using Ledger.ChainBridge.Signing;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Transactions;

/// <summary>A transaction of type 2 (EIP-1559), not signed yet. The access list is always empty.</summary>
/// <remarks>
/// What is signed is Keccak-256 of 0x02 ‖ rlp([chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, data, accessList]).
/// </remarks>
public sealed record FeeMarketTransaction
{
    private const byte Type = 2;
    private const int WordBytes = 32;
    private const int WordBits = 256;

    /// <summary>EIP-7825: no transaction may have a larger gas limit.</summary>
    public const ulong GasLimitMax = 1UL << 24;

    public required ulong ChainId { get; init; }

    public required ulong Nonce { get; init; }

    /// <summary>The tip, wei per gas; below 2²⁵⁶.</summary>
    public required BigInteger MaxPriorityFeePerGas { get; init; }

    /// <summary>The most that is paid, wei per gas, the tip included.</summary>
    public required BigInteger MaxFeePerGas { get; init; }

    public required ulong GasLimit { get; init; }

    /// <summary>Who is called; null creates a contract.</summary>
    public required WalletAddress? To { get; init; }

    /// <summary>Wei that go along.</summary>
    public BigInteger Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What the sender signs.</summary>
    public Digest SigningHash() => Keccak256.Hash(Fields().ToList([Type]));

    /// <summary>The bytes that a node takes.</summary>
    public byte[] Encode(in RecoverableSignature signature) => Fields()
        .Number(signature.YParity ? 1 : 0)
        .Number(new BigInteger(signature.R.ToArray(), isUnsigned: true, isBigEndian: true))
        .Number(new BigInteger(signature.S.ToArray(), isUnsigned: true, isBigEndian: true))
        .ToList([Type]);

    /// <summary>Reads a signed transaction strictly and recovers its sender.</summary>
    /// <exception cref="FormatException"><c>rlp-malformed</c>, <c>transaction-type</c>, <c>transaction-fields</c>, <c>transaction-fees</c>, <c>signature-invalid</c>.</exception>
    public static SignedTransaction Decode(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || raw[0] != Type) throw new FormatException("transaction-type: not a transaction of type 2; only those are sent and read");
        RlpReader outer = new(raw[1..]);
        RlpReader fields = outer.List();
        if (!outer.AtEnd) throw new FormatException("transaction-fields: bytes follow the transaction; give one alone");
        FeeMarketTransaction transaction = new()
        {
            ChainId = (ulong)fields.Number(sizeof(ulong)),
            Nonce = (ulong)fields.Number(sizeof(ulong)),
            MaxPriorityFeePerGas = fields.Number(WordBytes),
            MaxFeePerGas = fields.Number(WordBytes),
            GasLimit = (ulong)fields.Number(sizeof(ulong)),
            To = Address(fields.Bytes()),
            Value = fields.Number(WordBytes),
            Data = fields.Bytes().ToArray(),
        };
        if (!fields.List().AtEnd) throw new FormatException("transaction-fields: an access list is there; none is ever sent");
        bool yParity = fields.Number(1) is var parity && parity <= 1 ? !parity.IsZero : throw new FormatException("signature-invalid: the parity is neither 0 nor 1");
        RecoverableSignature signature = new(Word(fields.Number(WordBytes)), Word(fields.Number(WordBytes)), yParity);
        if (!fields.AtEnd) throw new FormatException("transaction-fields: there are too many fields");
        transaction.RequireSendable();
        WalletAddress sender = signature.Recover(transaction.SigningHash())
            ?? throw new FormatException("signature-invalid: no key makes this signature; sign again");
        return new SignedTransaction(transaction, sender, raw.ToArray());
    }

    /// <summary>What no node takes is not signed either.</summary>
    /// <exception cref="FormatException"><c>transaction-fees</c> or <c>transaction-fields</c>.</exception>
    internal void RequireSendable()
    {
        if (MaxPriorityFeePerGas > MaxFeePerGas) throw new FormatException("transaction-fees: the tip is above the whole fee; raise the fee or lower the tip");
        if ((MaxFeePerGas * GasLimit).GetBitLength() > WordBits) throw new FormatException("transaction-fees: the fee for all gas does not fit 256 bits; lower it");
        if (Nonce == ulong.MaxValue) throw new FormatException("transaction-fields: the nonce is above what EIP-2681 allows");
    }

    private static WalletAddress? Address(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => null,
        WalletAddress.SizeBytes => WalletAddress.FromBytes(bytes),
        _ => throw new FormatException($"transaction-fields: an address has 20 bytes, not {bytes.Length}"),
    };

    private static Digest Word(BigInteger number)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        word.Clear();
        number.TryWriteBytes(word[(WordBytes - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        return Digest.FromBytes(word);
    }

    private RlpWriter Fields()
    {
        Span<byte> to = stackalloc byte[WalletAddress.SizeBytes];
        To?.WriteTo(to);
        return new RlpWriter()
            .Number(ChainId).Number(Nonce).Number(MaxPriorityFeePerGas).Number(MaxFeePerGas).Number(GasLimit)
            .Bytes(To is null ? [] : to).Number(Value).Bytes(Data.Span).List(new RlpWriter());
    }
}

/// <summary>A transaction with its signature, ready for a node.</summary>
/// <param name="Transaction">What was signed.</param>
/// <param name="Sender">Who signed, recovered from the signature.</param>
/// <param name="Raw">The bytes that a node takes.</param>
public sealed record SignedTransaction(FeeMarketTransaction Transaction, WalletAddress Sender, ReadOnlyMemory<byte> Raw)
{
    /// <summary>The transaction's hash: Keccak-256 of <see cref="Raw"/>.</summary>
    public Digest Hash { get; } = Keccak256.Hash(Raw.Span);
}
