using System.Numerics;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Events;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Settlement;

/// <summary>What an engine needs to know besides its steps.</summary>
/// <param name="ChainId">The chain that is meant; any other stops it.</param>
/// <param name="Fees">What may be paid.</param>
/// <param name="Finality">What is final.</param>
public sealed record EngineSettings(ulong ChainId, FeePolicy Fees, FinalityPolicy Finality);

/// <summary>Brings the steps of a settlement onto the chain, each exactly once (specs/settlement.md).</summary>
/// <remarks>
/// Everything is decided from the log and the chain, a round at a time, so it can be stopped between any two of them and go on elsewhere.
/// The order that makes it exactly once: sign, append to the log, send, and look for every hash that was ever signed. A step keeps its nonce
/// until another transaction is final on it. Rounds of one engine must not run at the same time.
/// </remarks>
public sealed class SettlementEngine
{
    private readonly ISettlementJournal _journal;
    private readonly ChainNode _node;
    private readonly EngineSettings _settings;
    private readonly IReadOnlyList<SettlementStep> _steps;
    private readonly BatchRecords _records;
    private readonly HeaderWindow _window;
    private readonly NonceHistory _history;
    private readonly Dictionary<string, ulong> _sentAt = new(StringComparer.Ordinal);
    private ulong _finalNumber;

    private SettlementEngine(ISettlementJournal journal, BatchRecords records, ChainNode node, EngineSettings settings, IReadOnlyList<SettlementStep> steps)
    {
        (_journal, _records, _node, _settings, _steps) = (journal, records, node, settings, steps);
        _window = new HeaderWindow(node, settings.Finality.FinalBlocks);
        _history = new NonceHistory(node);
    }

    /// <summary>An engine that knows everything that its journal holds.</summary>
    public static async Task<SettlementEngine> OpenAsync(
        ISettlementJournal journal, ChainNode node, EngineSettings settings, IReadOnlyList<SettlementStep> steps, CancellationToken cancel = default)
    {
        if (steps.Select(s => s.Batch).Distinct(StringComparer.Ordinal).Count() != steps.Count)
            throw new ArgumentException("batch-repeated: two steps have one name; every transaction has its own", nameof(steps));
        return new SettlementEngine(journal, await BatchRecords.ReadAsync(journal, cancel), node, settings, steps);
    }

    /// <summary>What the log says of each step.</summary>
    public IEnumerable<BatchRecord> Steps => _steps.Select(s => _records.Of(s.Batch));

    /// <summary>Looks at the chain and does what can be done for every step.</summary>
    /// <exception cref="SettlementConflictException">Another process settles too.</exception>
    public async Task<Round> RoundAsync(CancellationToken cancel = default)
    {
        if (_records.All.FirstOrDefault(b => b.Alarm is not null) is { Alarm: { } alarm }) return new Round(RoundResult.Halted, alarm.Code, alarm.Detail);
        try
        {
            if (await _node.ChainIdAsync(cancel) is var chain && chain != _settings.ChainId)
                return new Round(RoundResult.Waiting, "wrong-chain", $"the node is on chain {chain}, the settlement is for {_settings.ChainId}; connect to the right node");
            if (!await _window.AdvanceAsync(cancel)) return new Round(RoundResult.Waiting, "head-not-linked", "the node's head does not link to the blocks before it; it may be behind or lie");
            await AdvanceFinalAsync(cancel);
            Round round = new(RoundResult.Done);
            foreach (SettlementStep step in _steps)
            {
                Round own = await StepAsync(step, cancel);
                if (own.Result == RoundResult.Halted) return own;
                if (own.Result == RoundResult.Worked || round.Result == RoundResult.Done) round = own;
            }

            return round;
        }
        catch (RpcFaultException e)
        {
            return new Round(RoundResult.Waiting, e.Code, e.Message);
        }
        catch (RpcErrorException e)
        {
            return new Round(RoundResult.Waiting, "node-refused", e.Message);
        }
    }

    private async Task<Round> StepAsync(SettlementStep step, CancellationToken cancel)
    {
        BatchRecord record = _records.Of(step.Batch);
        if (record.IsFinal) return await StillFinalAsync(record, cancel);
        if (record.Mined is null && record.Attempts.Count > 0) record = await FindAsync(record, cancel);
        if (record.Mined is not null) return await DeepenAsync(record, cancel);
        return record.Nonce is not null ? await PursueAsync(step, record, cancel) : await SignFirstAsync(step, record, cancel);
    }

    /// <summary>Something that was declared final must stay where it is; if it does not, no rule here can be relied on.</summary>
    private async Task<Round> StillFinalAsync(BatchRecord record, CancellationToken cancel)
    {
        MinedAt mined = record.Mined!;
        ChainBlock? block = await HeaderAsync(mined.BlockNumber, cancel);
        if (block is null || block.Hash == mined.BlockHash) return new Round(RoundResult.Done);
        return await HaltAsync(record, "final-reorganized", $"block {mined.BlockNumber} was final as {mined.BlockHash} and is now {block.Hash}; find out what happened to the chain before anything more is sent");
    }

    /// <summary>Looks for every hash that was ever signed, not only the newest.</summary>
    private async Task<BatchRecord> FindAsync(BatchRecord record, CancellationToken cancel)
    {
        foreach (ChainReceipt? receipt in await _node.ReceiptsAsync(record.Attempts.Select(a => a.Signed.Hash), cancel))
        {
            if (receipt is null || !record.Attempts.Any(a => a.Signed.Hash == receipt.TransactionHash)) continue;
            if ((await HeaderAsync(receipt.BlockNumber, cancel))?.Hash != receipt.BlockHash) continue;
            return await AppendAsync(record, new SettlementMined(
                record.Batch, receipt.TransactionHash, receipt.BlockNumber, receipt.BlockHash, receipt.Succeeded ? (byte)1 : (byte)0, receipt.GasUsed, (ulong)BigInteger.Min(receipt.GasPrice, ulong.MaxValue)), cancel);
        }

        return record;
    }

    private bool IsCanonical(ulong number, Digest hash) => _window.At(number)?.Hash == hash;

    /// <summary>A block of the chain; null above the head, where only a head that is not linked could have it.</summary>
    private async Task<ChainBlock?> HeaderAsync(ulong number, CancellationToken cancel)
    {
        if (number > _window.Head!.Number) return null;

        // Below the window it is deeper than final, so that the node's own word for it is what there is.
        return _window.At(number) ?? (await _node.BlocksAsync([number], cancel))[0];
    }

    private async Task<Round> DeepenAsync(BatchRecord record, CancellationToken cancel)
    {
        MinedAt mined = record.Mined!;
        if (await HeaderAsync(mined.BlockNumber, cancel) is not { } block) return new Round(RoundResult.Waiting, "node-behind");
        if (block.Hash != mined.BlockHash)
        {
            await AppendAsync(record, new SettlementReorganized(record.Batch, mined.BlockNumber, mined.BlockHash), cancel);
            return new Round(RoundResult.Worked);
        }

        ulong deep = _window.Head!.Number - Math.Min(_window.Head.Number, mined.BlockNumber);
        bool isFinal = mined.BlockNumber <= _finalNumber;
        if (!isFinal && (record.IsConfirmed || deep < (ulong)_settings.Finality.ConfirmBlocks)) return new Round(RoundResult.Waiting, record.IsConfirmed ? "not-final" : "not-confirmed");
        if (!record.IsConfirmed) record = await AppendAsync(record, new SettlementConfirmed(record.Batch, mined.TransactionHash, mined.BlockNumber, mined.BlockHash), cancel);
        if (!isFinal) return new Round(RoundResult.Worked);
        await AppendAsync(
            record,
            mined.Succeeded
                ? new SettlementFinalized(record.Batch, mined.TransactionHash, mined.BlockNumber, mined.BlockHash)
                : new SettlementFailed(record.Batch, record.Nonce!.Value, mined.TransactionHash, "reverted"),
            cancel);
        return new Round(RoundResult.Worked);
    }

    /// <summary>Signed and nowhere to be seen: send it again, pay more, fill what is missing before it, or learn that its nonce is gone.</summary>
    private async Task<Round> PursueAsync(SettlementStep step, BatchRecord record, CancellationToken cancel)
    {
        ulong nonce = record.Nonce!.Value;
        if (await _node.NonceAsync(step.Signer.Address, _finalNumber, cancel) > nonce)
        {
            // Only a transaction that is there to be seen, and is none of ours, proves that the nonce is gone.
            Digest? other = await _history.FindAsync(step.Signer.Address, nonce, _finalNumber, cancel);
            if (other is null || record.Attempts.Any(a => a.Signed.Hash == other)) return new Round(RoundResult.Waiting, "nonce-unclear");
            await AppendAsync(record, new SettlementFailed(record.Batch, nonce, other.Value, "nonce-taken"), cancel);
            return new Round(RoundResult.Worked);
        }

        if (await FillAsync(step, nonce, cancel)) return new Round(RoundResult.Worked);
        BatchAttempt newest = record.Attempts[^1];
        if (!newest.IsSubmitted) return await SendAsync(record, newest, cancel);
        ulong waited = _window.Head!.Number - Math.Min(_window.Head.Number, _sentAt.GetValueOrDefault(record.Batch));
        if (waited < (ulong)_settings.Fees.PatienceBlocks) return new Round(RoundResult.Waiting, "not-mined");
        TransactionFee last = new(newest.Signed.Transaction.MaxPriorityFeePerGas, newest.Signed.Transaction.MaxFeePerGas);
        return _settings.Fees.Bump(last, _window.Head.BaseFee) is { } fee
            ? await SignAsync(step, record, newest.Signed.Transaction with { MaxPriorityFeePerGas = fee.Tip, MaxFeePerGas = fee.Max }, cancel)
            : await SendAsync(record, newest, cancel);
    }

    private async Task<Round> SignFirstAsync(SettlementStep step, BatchRecord record, CancellationToken cancel)
    {
        if (step.After.FirstOrDefault(b => !_records.Of(b).IsFinal) is { } missing) return new Round(RoundResult.Waiting, "after", missing);
        StepCall call = await step.Call(cancel);
        CallOutcome trial = await _node.CallAsync(step.Signer.Address, call.To, call.Data, cancel: cancel);
        if (!trial.Succeeded)
        {
            if (call.IsTooEarly?.Invoke(trial.Bytes) == true) return new Round(RoundResult.Waiting, "too-early");
            return await HaltAsync(record, "call-refused", $"{step.Batch} would revert: {(call.Explain is { } explain && trial.Bytes.Length > 0 ? explain(trial.Bytes) : trial.Message)}; find out why before it is sent");
        }

        if (_settings.Fees.First(_window.Head!.BaseFee) is not { } fee) return new Round(RoundResult.Waiting, "fee-above-cap");
        ulong gas = await _node.EstimateGasAsync(step.Signer.Address, call.To, call.Data, cancel);
        return await SignAsync(step, record, new FeeMarketTransaction
        {
            ChainId = _settings.ChainId,
            Nonce = Math.Max(_records.NextNonce(step.Signer.Address), await _node.NonceAsync(step.Signer.Address, _finalNumber, cancel)),
            MaxPriorityFeePerGas = fee.Tip,
            MaxFeePerGas = fee.Max,

            // Room for what changes between the estimate and the block.
            GasLimit = Math.Min(gas + (gas / 4), FeeMarketTransaction.GasLimitMax),
            To = call.To,
            Data = call.Data,
        }, cancel);
    }

    private async Task<Round> SignAsync(SettlementStep step, BatchRecord record, FeeMarketTransaction transaction, CancellationToken cancel)
    {
        SignedTransaction signed = await step.Signer.SignAsync(transaction, cancel);
        record = await AppendAsync(record, new SettlementSigned(record.Batch, signed.Sender, transaction.Nonce, signed.Hash, signed.Raw.ToArray()), cancel);
        return await SendAsync(record, record.Attempts[^1], cancel);
    }

    /// <summary>Gives a node what is in the log already. A lost answer changes nothing: the next rounds find the transaction or send it again.</summary>
    private async Task<Round> SendAsync(BatchRecord record, BatchAttempt attempt, CancellationToken cancel)
    {
        _sentAt[record.Batch] = _window.Head!.Number;
        string? refusal = await _node.SendAsync(attempt.Signed.Raw, cancel);
        if (refusal is not null && !await _node.KnowsAsync(attempt.Signed.Hash, cancel)) return new Round(RoundResult.Waiting, "node-refused", refusal);
        if (!attempt.IsSubmitted) await AppendAsync(record, new SettlementSubmitted(record.Batch, attempt.Nonce, attempt.Signed.Hash), cancel);
        return new Round(RoundResult.Worked);
    }

    /// <summary>A nonce below ours that the chain still waits for blocks us: what is signed for it is sent again, else it is filled with nothing.</summary>
    private async Task<bool> FillAsync(SettlementStep step, ulong nonce, CancellationToken cancel)
    {
        ulong next = await _node.NonceAsync(step.Signer.Address, _window.Head!.Number, cancel);
        if (next >= nonce) return false;
        string lane = $"{step.Signer.Address}.{next}";
        if (_sentAt.TryGetValue(lane, out ulong sentAt) && _window.Head.Number < sentAt + (ulong)_settings.Fees.PatienceBlocks) return false;
        BatchAttempt? missing = _records.AttemptAt(step.Signer.Address, next);
        if (missing is null && _settings.Fees.First(_window.Head.BaseFee) is { } fee)
        {
            SignedTransaction nothing = await step.Signer.SignAsync(new FeeMarketTransaction
            {
                ChainId = _settings.ChainId,
                Nonce = next,
                MaxPriorityFeePerGas = fee.Tip,
                MaxFeePerGas = fee.Max,
                GasLimit = PlainTransferGas,
                To = step.Signer.Address,
            }, cancel);
            BatchRecord filler = await AppendAsync(_records.Of($"fill.{next}.{step.Batch}"), new SettlementSigned($"fill.{next}.{step.Batch}", nothing.Sender, next, nothing.Hash, nothing.Raw.ToArray()), cancel);
            missing = filler.Attempts[^1];
        }

        if (missing is null) return false;
        _sentAt[lane] = _window.Head.Number;
        await _node.SendAsync(missing.Signed.Raw, cancel);
        return true;
    }

    private async Task<Round> HaltAsync(BatchRecord record, string code, string detail)
    {
        await AppendAsync(record, new SettlementHalted(record.Batch, code, detail), CancellationToken.None);
        return new Round(RoundResult.Halted, code, detail);
    }

    private async Task AdvanceFinalAsync(CancellationToken cancel)
    {
        ulong final = _window.Deep.Number + (ulong)_settings.Finality.FinalBlocks <= _window.Head!.Number ? _window.Deep.Number : 0;
        if (_settings.Finality.UseFinalizedTag && await _node.BlockAsync("finalized", cancel) is { } tagged && IsCanonical(tagged.Number, tagged.Hash)) final = Math.Max(final, tagged.Number);
        _finalNumber = final;
    }

    private async Task<BatchRecord> AppendAsync(BatchRecord record, EventPayload payload, CancellationToken cancel)
    {
        await _journal.AppendAsync(record.Batch, record.Count, payload, cancel);
        _records.Apply(payload);
        return _records.Of(record.Batch);
    }

    private const ulong PlainTransferGas = 21_000;
}
