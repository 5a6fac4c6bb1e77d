using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;

namespace Ledger.ChainBridge.Signing;

/// <summary>Signs transactions for one address, wherever its key is.</summary>
public interface ISigner
{
    /// <summary>Whose transactions these are.</summary>
    WalletAddress Address { get; }

    /// <summary>Signs exactly this transaction.</summary>
    /// <exception cref="SignerException">It cannot, or what came back is not this transaction by this address.</exception>
    Task<SignedTransaction> SignAsync(FeeMarketTransaction transaction, CancellationToken cancel = default);
}

/// <summary>A signer did not sign what it was asked to.</summary>
public sealed class SignerException : Exception
{
    public SignerException()
        : this("signer-fault", "the signer failed")
    {
    }

    public SignerException(string message)
        : this("signer-fault", message)
    {
    }

    public SignerException(string message, Exception innerException)
        : this("signer-fault", message, innerException)
    {
    }

    /// <param name="code">Stable, kebab-case: <c>signer-refused</c>, <c>signer-differs</c>, <c>keystore-malformed</c>, <c>keystore-password</c>.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public SignerException(string code, string message, Exception? innerException = null)
        : base($"{code}: {message}", innerException) => Code = code;

    /// <summary>Stable code.</summary>
    public string Code { get; }

    /// <summary>Whatever came back must be the very transaction that was asked for, by the right sender: a signer is not trusted with either.</summary>
    internal static SignedTransaction Require(FeeMarketTransaction asked, WalletAddress sender, ReadOnlySpan<byte> raw)
    {
        SignedTransaction signed;
        try
        {
            signed = FeeMarketTransaction.Decode(raw);
        }
        catch (FormatException e)
        {
            throw new SignerException("signer-differs", "what the signer returned is no signed transaction of type 2; check that it signs EIP-1559 transactions", e);
        }

        if (signed.Sender != sender) throw new SignerException("signer-differs", $"the signature is by {signed.Sender}, not by {sender}; check which key the signer holds");
        return signed.Transaction.SigningHash() == asked.SigningHash()
            ? signed
            : throw new SignerException("signer-differs", "the signer signed another transaction than it was asked to; do not use it before that is explained");
    }
}

/// <summary>Signs with a key in memory.</summary>
public sealed class KeySigner(PrivateKey key) : ISigner
{
    /// <inheritdoc/>
    public WalletAddress Address => key.Address;

    /// <inheritdoc/>
    public Task<SignedTransaction> SignAsync(FeeMarketTransaction transaction, CancellationToken cancel = default)
    {
        transaction.RequireSendable();
        byte[] raw = transaction.Encode(key.Sign(transaction.SigningHash()));
        return Task.FromResult(SignerException.Require(transaction, Address, raw));
    }
}
