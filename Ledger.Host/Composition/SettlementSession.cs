using System.Globalization;
using System.Numerics;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Composition;

/// <summary>A settlement refused, halted or not possible: told to the person.</summary>
internal sealed class SettlementException(string code, string message) : Exception($"{code}: {message}")
{
    public string Code { get; } = code;
}

/// <summary>What would be settled, and at what cost.</summary>
internal sealed record SettlementPreview(Day Window, SettlementPolicy Policy, PlannedSettlement Plan, SettlementEstimate Estimate);

/// <summary>What a settlement came to.</summary>
internal sealed record SettlementOutcome(string Name, Day Window, SettlementPreview? Preview, Core.Merkle.Digest Root, TokenAmount Total, int Transactions, int Pushes, ChainReconciled Books);

/// <summary>Settles windows of one ledger on its chain: sets aside, asks the gate, sends, follows, compares (specs/settlement.md).</summary>
/// <param name="session">The ledger, open for writing.</param>
/// <param name="rpc">The node.</param>
/// <param name="settings">How the chain is reached.</param>
/// <param name="clock">The time of recording.</param>
internal sealed class SettlementSession(LedgerSession session, INodeRpc rpc, ChainSettings settings, TimeProvider clock)
{
    private readonly ChainNode _node = new(rpc);
    private readonly LogSettlementJournal _journal = new(session.Log, clock);
    private readonly DistributorContract _contract = new(new ChainNode(rpc), settings.DistributorAddress, settings.TokenAddress);

    private SettlementBook Book => session.Ledger.State.Books.Settlements;

    /// <summary>What would be settled now.</summary>
    /// <param name="window">The latest final window.</param>
    /// <param name="weiPerWe">What a WE is worth, or null.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<SettlementPreview> PreviewAsync(Day window, BigInteger? weiPerWe, CancellationToken cancel)
    {
        await session.Ledger.CatchUpAsync(null, cancel);
        if (Book.LatestFinal is not { } final || final.Window != window)
        {
            throw new SettlementException("window-not-final",
                $"window {window} is not the latest final one{(Book.LatestFinal is { } latest ? $", which is {latest.Window}" : "")}; a window is settled when its hold has passed and includes all before it, 'weledger close --all' makes final what is due");
        }

        if (Book.LastSettled is { } settled && settled >= window) throw new SettlementException("window-settled", $"window {window} is settled; the next one can be when its hold has passed");
        Ruleset ruleset = RulesetOf(window);
        SettlementRules rules = ruleset.Settlement;
        if (rules.ChainId != settings.ChainId || rules.Distributor != settings.DistributorAddress || rules.Token != settings.TokenAddress)
            throw new SettlementException("chain-differs", $"the ruleset of {window} settles at {rules.Distributor} on chain {rules.ChainId}, chain.json names {settings.Distributor} on {settings.ChainId}; adopt a ruleset with the right addresses, or correct chain.json");
        ChainBlock head = await _node.BlockAsync("latest", cancel) ?? throw new RpcFaultException("node-behind", "the node has no block yet; wait until it is synchronised");
        BigInteger price = head.BaseFee + settings.TipWei;
        SettlementPolicy policy = SettlementEstimate.PolicyOf(rules.MinPayout, price, weiPerWe);
        PlannedSettlement plan = Book.Plan(policy, Book.SumsOf(rules.ChainId, rules.Distributor, rules.Token));
        return new SettlementPreview(window, policy, plan, SettlementEstimate.Of(plan, price));
    }

    /// <summary>Settles a window, or goes on with the settlement that is open; ends when all of it is final and the books agree with the chain.</summary>
    /// <param name="window">The latest final window.</param>
    /// <param name="weiPerWe">What a WE is worth, or null.</param>
    /// <param name="wait">Called when only the chain can go on.</param>
    /// <param name="progress">Told how far a replay is.</param>
    /// <param name="cancel">Stops it; the same call goes on later.</param>
    /// <exception cref="SettlementException">Refused, halted, or nothing to settle.</exception>
    public async Task<SettlementOutcome> SettleAsync(Day window, BigInteger? weiPerWe, Func<Round, CancellationToken, Task> wait, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        SettlementPreview? preview = null;
        if (Book.Open is null)
        {
            preview = await PreviewAsync(window, weiPerWe, cancel);
            if (preview.Plan.SetAside == 0) throw new SettlementException("nothing-to-settle", $"nothing is set aside for {window}: nobody has {Cli.Amounts.We(preview.Policy.WaitBelow)} WE or more to settle");
            await ReserveAsync(preview, cancel);
        }

        OpenSettlement open = Book.Open!;
        SettlementContent content = SettlementContents.Of(session.Ledger, open);
        if (open.Reserved.Distributor != settings.DistributorAddress || open.Reserved.ChainId != settings.ChainId)
            throw new SettlementException("chain-differs", $"the open settlement {content.Name} is for {open.Reserved.Distributor} on chain {open.Reserved.ChainId}; connect chain.json to that");
        BatchRecords records = await BatchRecords.ReadAsync(_journal, cancel);
        if (records.Of(content.Name + ".propose").Attempts.Count == 0) await AskGateAsync(open, content, records.Of(content.Name).Count, progress, cancel);

        SettlementEngine? engine = null;
        ISigner proposer = ChainSettings.SignerOf(settings.Proposer, rpc, session.Folder), approver = ChainSettings.SignerOf(settings.Approver, rpc, session.Folder);
        SettlementSteps steps = new(content, _contract, _node, proposer, approver, batch => engine!.Steps.First(s => s.Batch == batch).Mined?.TransactionHash);
        IReadOnlyList<SettlementStep> all = steps.All();
        engine = await SettlementEngine.OpenAsync(_journal, _node, new EngineSettings(settings.ChainId, settings.Fees, settings.Finality), all, cancel);
        Round round = await engine.RoundAsync(cancel);
        for (; round.Result != RoundResult.Done; round = await engine.RoundAsync(cancel))
        {
            if (round.Result == RoundResult.Halted) throw new SettlementException(round.Why, $"{round.Detail}; when it is explained, go on with: weledger settle --window {window} --resume 'WHAT WAS FOUND'");
            if (round.Result == RoundResult.Waiting) await wait(round, cancel);
        }

        await session.Ledger.CatchUpAsync(null, cancel);
        if (Book.Open is not null)
        {
            records = await BatchRecords.ReadAsync(_journal, cancel);
            await _journal.AppendAsync(content.Name, records.Of(content.Name).Count, new SettlementSettled(content.Name, content.Proposal.Root), cancel);
        }

        return new SettlementOutcome(content.Name, open.Reserved.Window, preview, content.Proposal.Root, content.Proposal.Total, all.Count, content.Pushes.Count, await FollowAsync(cancel));
    }

    /// <summary>Lets a halted settlement go on.</summary>
    public async Task ResumeAsync(string reason, CancellationToken cancel)
    {
        BatchRecords records = await BatchRecords.ReadAsync(_journal, cancel);
        foreach (BatchRecord halted in records.All.Where(b => b.Alarm is not null).ToArray())
            await _journal.AppendAsync(halted.Batch, halted.Count, new SettlementResumed(halted.Batch, reason), cancel);
    }

    /// <summary>Takes what happened on the chain into the log, up to its newest final block, and compares the books.</summary>
    /// <exception cref="SettlementException"><c>books-differ</c>: says where.</exception>
    public async Task<ChainReconciled> FollowAsync(CancellationToken cancel)
    {
        ChainFollower follower = new(_node, _contract, settings.ChainId);
        ChainBlock to = await follower.FinalBlockAsync(settings.Finality, cancel) ?? throw new RpcFaultException("node-behind", "the chain has no final block yet, or the node's head does not link; try again");
        ulong from = 0;
        await foreach (RecordedEvent e in session.Log.ReadStreamAsync(StreamName.Chain(settings.ChainId), 0, ReadDirection.Forwards, cancel))
        {
            if (e.Payload is ChainFollowed followed) from = followed.BlockNumber + 1;
        }

        IReadOnlyList<EventPayload> seen = from > to.Number ? [] : await follower.ReadAsync(from, to, cancel);
        await _journal.AppendSeenAsync(seen.Select(payload => (Key(payload), payload)), cancel);
        await session.Ledger.CatchUpAsync(null, cancel);
        SettledSums sums = Book.SumsOf(settings.ChainId, settings.DistributorAddress, settings.TokenAddress);
        HashSet<WalletAddress> paid = [.. seen.OfType<ChainPaid>().Select(p => p.Wallet)];
        ChainReconciled books = await follower.ReconcileAsync(sums, paid, to.Number, cancel);
        await _journal.AppendSeenAsync([(string.Create(CultureInfo.InvariantCulture, $"reconciled:{to.Number}"), books)], cancel);
        await session.Ledger.CatchUpAsync(null, cancel);
        return books.Differences == 0
            ? books
            : throw new SettlementException("books-differ", $"as of block {books.BlockNumber} {books.Differences} balances differ, the first at {books.Where}; settle nothing before it is explained");
    }

    private static string Key(EventPayload payload) => payload switch
    {
        ChainPaid e => string.Create(CultureInfo.InvariantCulture, $"paid:{e.BlockNumber}:{e.LogIndex}"),
        ChainTransferred e => string.Create(CultureInfo.InvariantCulture, $"transferred:{e.BlockNumber}:{e.LogIndex}"),
        ChainFollowed e => string.Create(CultureInfo.InvariantCulture, $"followed:{e.BlockNumber}"),
        _ => throw new ArgumentException($"{payload.Kind} is not seen on a chain", nameof(payload)),
    };

    private Ruleset RulesetOf(Day window) => session.Ledger.State.Windows.RulesetFor(window)!.Ruleset;

    private async Task ReserveAsync(SettlementPreview preview, CancellationToken cancel)
    {
        SettlementRules rules = RulesetOf(preview.Window).Settlement;
        BatchRecords records = await BatchRecords.ReadAsync(_journal, cancel);

        // A settlement that the gate refused has used its name up.
        int attempt = 1;
        while (records.Of(SettlementReserved.NameOf(preview.Window, attempt)).Count > 0) attempt++;
        string name = SettlementReserved.NameOf(preview.Window, attempt);
        SettlementPolicy policy = preview.Policy;
        await _journal.AppendAsync(name, 0, new SettlementReserved(
            name, preview.Window, rules.ChainId, rules.Distributor, rules.Token, Book.LatestFinal!.RulesetHash,
            TokenAmount.FromBaseUnits(policy.WaitBelow), TokenAmount.FromBaseUnits(policy.PushFrom), policy.ClaimGas, policy.PushGas), cancel);
        await session.Ledger.CatchUpAsync(null, cancel);
        if (Book.Open?.Reserved.Batch != name) throw new SettlementException("settlement-conflict", "another process settles this ledger; let one of them go on and stop the other");
    }

    private async Task AskGateAsync(OpenSettlement open, SettlementContent content, int count, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        SettlementContent recomputed = await SettlementContents.RecomputeAsync(session.Ledger, open, session.Actors, progress, cancel);
        DistributorState state = await _contract.StateAsync(cancel: cancel);
        IReadOnlyList<GateRefusal> refusals = SettlementGate.Check(content, recomputed, state, await _contract.DomainAsync(cancel: cancel));
        if (refusals.Count > 0)
        {
            await _journal.AppendAsync(content.Name, count, new SettlementReleased(content.Name, refusals[0].Code), cancel);
            await session.Ledger.CatchUpAsync(null, cancel);
            throw new SettlementException(refusals[0].Code, $"the gate refuses {content.Name} and nothing was signed: {string.Join("; ", refusals.Select(r => r.Detail))}; what was set aside is given back");
        }

        if (count == 1) await _journal.AppendAsync(content.Name, count, open.Publication(), cancel);
    }
}
