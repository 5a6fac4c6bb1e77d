using Ledger.ChainBridge.Signing;
using Ledger.Core.Identity;

namespace Ledger.ChainBridge.Settlement;

/// <summary>One transaction of a settlement, before it is signed.</summary>
/// <param name="Batch">Its name; the same name is the same transaction, for ever.</param>
/// <param name="Signer">Who sends it.</param>
/// <param name="After">Batches that must be final before it is signed.</param>
/// <param name="Call">What it calls, made when it is signed: it may depend on what the earlier ones did.</param>
public sealed record SettlementStep(string Batch, ISigner Signer, IReadOnlyList<string> After, Func<CancellationToken, Task<StepCall>> Call);

/// <summary>What a step calls.</summary>
/// <param name="To">The contract.</param>
/// <param name="Data">The call.</param>
/// <param name="IsTooEarly">Of a revert: whether it only means to wait.</param>
/// <param name="Explain">Of a revert: its name.</param>
public sealed record StepCall(WalletAddress To, ReadOnlyMemory<byte> Data, Func<ReadOnlyMemory<byte>, bool>? IsTooEarly = null, Func<ReadOnlyMemory<byte>, string>? Explain = null);

/// <summary>What one round came to.</summary>
public enum RoundResult
{
    /// <summary>Something was done; there may be more to do at once.</summary>
    Worked,

    /// <summary>Nothing to do before the chain moves on.</summary>
    Waiting,

    /// <summary>Every step is final.</summary>
    Done,

    /// <summary>An alarm: nothing is sent any more.</summary>
    Halted,
}

/// <summary>What one round came to, and why.</summary>
/// <param name="Result">What.</param>
/// <param name="Why">Stable, kebab-case; what it waits for, or the alarm.</param>
/// <param name="Detail">For a person.</param>
public readonly record struct Round(RoundResult Result, string Why = "", string Detail = "");
