using Ledger.ChainBridge.Transactions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Settlement;

/// <summary>How far a transaction is.</summary>
public enum BatchStage
{
    /// <summary>Nothing is signed for it, or nothing that can still be mined.</summary>
    Planned,

    /// <summary>Signed and in the log; a node may or may not have it.</summary>
    Signed,

    /// <summary>A node was given it.</summary>
    Submitted,

    /// <summary>In a block.</summary>
    Mined,

    /// <summary>In a block that others stand on.</summary>
    Confirmed,

    /// <summary>In a block beyond recall, with its effect.</summary>
    Final,

    /// <summary>An alarm waits for a person.</summary>
    Halted,
}

/// <summary>One signed transaction of a batch.</summary>
/// <param name="Signed">The transaction.</param>
/// <param name="IsSubmitted">Whether a node was given it.</param>
public sealed record BatchAttempt(SignedTransaction Signed, bool IsSubmitted)
{
    public ulong Nonce => Signed.Transaction.Nonce;
}

/// <summary>Where a batch's transaction is mined.</summary>
public sealed record MinedAt(Digest TransactionHash, ulong BlockNumber, Digest BlockHash, bool Succeeded);

/// <summary>All that the log says of one transaction of a settlement: <see cref="After"/> folds its stream.</summary>
public sealed record BatchRecord(string Batch)
{
    /// <summary>Events in the stream.</summary>
    public int Count { get; private init; }

    /// <summary>Everything that was ever signed, in order.</summary>
    public IReadOnlyList<BatchAttempt> Attempts { get; private init; } = [];

    /// <summary>Nonces that are gone without effect.</summary>
    public IReadOnlySet<ulong> Gone { get; private init; } = new HashSet<ulong>();

    /// <summary>Where it is mined, as far as is known.</summary>
    public MinedAt? Mined { get; private init; }

    public bool IsConfirmed { get; private init; }

    public bool IsFinal { get; private init; }

    /// <summary>The alarm that waits for a person.</summary>
    public SettlementHalted? Alarm { get; private init; }

    /// <summary>The nonce that it holds: no other is ever taken before this one is gone.</summary>
    public ulong? Nonce => Attempts.Count > 0 && !Gone.Contains(Attempts[^1].Nonce) ? Attempts[^1].Nonce : null;

    public BatchStage Stage =>
        Alarm is not null ? BatchStage.Halted
        : IsFinal ? BatchStage.Final
        : IsConfirmed ? BatchStage.Confirmed
        : Mined is not null ? BatchStage.Mined
        : Nonce is null ? BatchStage.Planned
        : Attempts[^1].IsSubmitted ? BatchStage.Submitted : BatchStage.Signed;

    /// <summary>The record behind one more event.</summary>
    /// <exception cref="FormatException"><c>journal-contradiction</c>: the log says what can never be.</exception>
    public BatchRecord After(EventPayload payload)
    {
        BatchRecord next = this with { Count = Count + 1 };
        return payload switch
        {
            SettlementSigned e => next.Signed(e),
            SettlementSubmitted e => next with { Attempts = [.. Attempts.Select(a => a.Signed.Hash == e.TransactionHash ? a with { IsSubmitted = true } : a)] },
            SettlementMined e => next with { Mined = new MinedAt(e.TransactionHash, e.BlockNumber, e.BlockHash, e.Succeeded == 1) },
            SettlementConfirmed => next with { IsConfirmed = true },
            SettlementFinalized => next with { IsConfirmed = true, IsFinal = true },
            SettlementReorganized => next with { Mined = null, IsConfirmed = false },
            SettlementFailed e => next with { Gone = new HashSet<ulong>(Gone) { e.Nonce }, Mined = null, IsConfirmed = false },
            SettlementHalted e => next with { Alarm = e },
            SettlementResumed => next with { Alarm = null },
            _ => next,
        };
    }

    private BatchRecord Signed(SettlementSigned e)
    {
        SignedTransaction signed = FeeMarketTransaction.Decode(e.Raw);
        bool isSame = signed.Hash == e.TransactionHash && signed.Sender == e.Sender && signed.Transaction.Nonce == e.Nonce;
        if (!isSame || (Nonce is { } held && held != e.Nonce) || Gone.Contains(e.Nonce))
            throw new FormatException($"journal-contradiction: {Batch} has a signed transaction that does not fit its nonce or its own bytes; send nothing and audit the log");
        return this with { Attempts = [.. Attempts, new BatchAttempt(signed, IsSubmitted: false)] };
    }
}

/// <summary>Every batch ever, and the nonces that their senders used.</summary>
public sealed class BatchRecords
{
    private readonly Dictionary<string, BatchRecord> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<WalletAddress, ulong> _nextNonce = [];

    /// <summary>Everything that a journal holds.</summary>
    public static async Task<BatchRecords> ReadAsync(ISettlementJournal journal, CancellationToken cancel)
    {
        BatchRecords records = new();
        await foreach (EventPayload payload in journal.ReadAsync(cancel)) records.Apply(payload);
        return records;
    }

    /// <summary>The batches that anything was said of.</summary>
    public IEnumerable<BatchRecord> All => _batches.Values;

    /// <summary>A batch; an empty one when nothing was said of it.</summary>
    public BatchRecord Of(string batch) => _batches.TryGetValue(batch, out BatchRecord? record) ? record : new BatchRecord(batch);

    /// <summary>One past the highest nonce that was ever signed for a sender; 0 when none was.</summary>
    public ulong NextNonce(WalletAddress sender) => _nextNonce.GetValueOrDefault(sender);

    /// <summary>What is signed by a sender under a nonce, by whatever batch; the newest, or null.</summary>
    public BatchAttempt? AttemptAt(WalletAddress sender, ulong nonce) =>
        _batches.Values.SelectMany(b => b.Attempts).LastOrDefault(a => a.Nonce == nonce && a.Signed.Sender == sender);

    /// <summary>Takes an event of a batch.</summary>
    public void Apply(EventPayload payload)
    {
        string stream = payload.Stream(default).Value;
        if (!stream.StartsWith(StreamPrefix, StringComparison.Ordinal)) return;
        string batch = stream[StreamPrefix.Length..];
        _batches[batch] = Of(batch).After(payload);
        if (payload is SettlementSigned signed) _nextNonce[signed.Sender] = Math.Max(NextNonce(signed.Sender), signed.Nonce + 1);
    }

    private static string StreamPrefix => StreamName.Settlement("").Value;
}
