using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>The two events that a payout proof rests on, read from their bytes.</summary>
internal sealed record PayoutEvents(WindowClosed Close, StatementIssued Statement);

/// <summary>The checks of a payout proof, in the order of <c>specs/proofs.md</c>.</summary>
internal static class PayoutChecks
{
    /// <summary>Makes all checks; null when the closing events cannot be read, so that nothing else can be said.</summary>
    public static PayoutEvents? Run(CheckList checks, PayoutProof proof)
    {
        NewEvent? closed = checks.Event<WindowClosed>("close-event", "the event is a window's close", "window-closed", proof.Close);
        NewEvent? issued = checks.Event<StatementIssued>("statement-event", "the event is a window's statement", "statement-issued", proof.Statement);
        if (closed?.Payload is not WindowClosed close || issued?.Payload is not StatementIssued statement) return null;

        CheckReward(checks, proof, statement);
        CheckWallet(checks, proof, close);
        CheckClose(checks, proof, close, statement);
        CheckLog(checks, proof, close);
        if (proof.Lines is { } lines) CheckLines(checks, proof, lines, close, statement);
        return new PayoutEvents(close, statement);
    }

    /// <summary>What such a file leaves open.</summary>
    public static IReadOnlyList<string> NotShown(PayoutProof proof)
    {
        List<string> open =
        [
            "That the rules were applied rightly to the window's activity: an audit of the log shows that.",
            "That the checkpoint is the log's: compare it with what others hold.",
        ];
        if (proof.Lines is null) open.Add("What the account earned in this window alone, and under which rules: the file leaves the statement out.");
        if (proof.Wallet is not null) open.Add("That no other account earns for this wallet, and that this account was not linked to another one later.");
        return open;
    }

    private static void CheckReward(CheckList checks, PayoutProof proof, StatementIssued statement)
    {
        RewardClaim reward = proof.Reward;
        CheckClaim(checks, "reward", proof, reward);
        checks.Equal("reward-root", "the statement states this reward tree", statement.RewardRoot, reward.Root);
        checks.Holds(
            "reward-total", "the leaf is a part of everything that the statement says was ever earned", reward.Leaf.Cumulative <= statement.CumulativeTotal,
            $"at most {statement.CumulativeTotal}", $"{reward.Leaf.Cumulative}");
    }

    /// <summary>A leaf of either tree, by itself.</summary>
    /// <param name="checks">Where to.</param>
    /// <param name="tree">The tree's name: what the checks' names begin with.</param>
    /// <param name="proof">Whose leaf it must be.</param>
    /// <param name="claim">The leaf.</param>
    internal static void CheckClaim(CheckList checks, string tree, PayoutProof proof, RewardClaim claim)
    {
        checks.Equal($"{tree}-domain", "the leaf is for this chain, contract and token", claim.Domain(), claim.Leaf.Domain);
        Digest payee = proof.Wallet is { } wallet ? PayeeNames.Of(wallet) : PayeeNames.OfAccount(System.Text.Encoding.UTF8.GetBytes(proof.Account.Value));
        checks.Equal($"{tree}-payee", proof.Wallet is null ? "the leaf is this account's" : "the leaf is this wallet's", payee, claim.Leaf.Payee);
        checks.Equal($"{tree}-leaf", "the leaf's hash is that of its values", claim.Leaf.Hash(), claim.LeafHash);
        checks.Holds(
            $"{tree}-path", $"the leaf is in the {tree} tree", RewardProof.Verify(claim.Root, claim.Leaf, [.. claim.Path]),
            $"a path from the leaf to {claim.Root}", $"{claim.Path.Count} hashes");
    }

    private static void CheckWallet(CheckList checks, PayoutProof proof, WindowClosed close)
    {
        checks.Equal("wallet-link", "a wallet comes with the event that linked it", proof.Wallet is not null, proof.WalletLink is not null);
        if (proof.Wallet is not { } wallet || proof.WalletLink is not { } link) return;
        if (checks.Event<WalletLinked>("wallet-link-event", "the event links a wallet", "wallet-linked", link)?.Payload is not WalletLinked linked) return;
        checks.Equal("wallet-link-account", "the account was linked", proof.Account, linked.Account);
        checks.Equal("wallet-link-wallet", "it was linked to this wallet", wallet, linked.Wallet);
        checks.Holds("wallet-link-order", "it was linked before the window was sealed", link.Position < close.SealedAt, $"before {close.SealedAt}", $"{link.Position}");
        CheckInclusion(checks, "wallet-link-inclusion", "the link is in the log", link, proof.Checkpoint);
    }

    private static void CheckClose(CheckList checks, PayoutProof proof, WindowClosed close, StatementIssued statement)
    {
        checks.Equal("close-window", "the close is of this window", proof.Window, close.Window);
        checks.Equal("statement-window", "the statement is of this window", proof.Window, statement.Window);
        bool paid = statement.Total.TrySubtract(close.PoaPaid, out TokenAmount poc) && poc == close.PocPaid;
        checks.Holds(
            "statement-total", "the statement pays what the close says both rules paid", paid,
            $"{close.PoaPaid} under POA and {close.PocPaid} under POC", $"{statement.Total}");
        checks.Holds(
            "close-order", "the seal, the close and the statement follow each other", close.SealedAt < proof.Close.Position && proof.Close.Position < proof.Statement.Position,
            "seal < close < statement", $"{close.SealedAt}, {proof.Close.Position}, {proof.Statement.Position}");
    }

    private static void CheckLog(CheckList checks, PayoutProof proof, WindowClosed close)
    {
        LogCheckpoint checkpoint = proof.Checkpoint;
        checks.Equal("checkpoint-id", "the checkpoint's id is that of its size and root", LogCheckpoint.IdOf(checkpoint.Size, checkpoint.Root), checkpoint.Id);
        CheckInclusion(checks, "close-inclusion", "the close is in the log", proof.Close, checkpoint);
        CheckInclusion(checks, "statement-inclusion", "the statement is in the log", proof.Statement, checkpoint);
        checks.Holds(
            "consistency", "the log still begins with everything that the close counted: nothing was changed afterwards",
            ConsistencyProof.Verify(close.LogRoot, close.SealedAt, checkpoint.Root, checkpoint.Size, [.. proof.Consistency]),
            $"a path from the root {close.LogRoot} of {close.SealedAt} events to the root of {checkpoint.Size}", $"{proof.Consistency.Count} hashes");
    }

    internal static void CheckInclusion(CheckList checks, string name, string shows, LoggedEvent logged, LogCheckpoint checkpoint) => checks.Holds(
        name, shows, InclusionProof.Verify(checkpoint.Root, checkpoint.Size, logged.Position, LogHash.Leaf(logged.Bytes.Span), [.. logged.Path]),
        $"a path from the event to the root {checkpoint.Root} of {checkpoint.Size} events", $"position {logged.Position}, {logged.Path.Count} hashes");

    private static void CheckLines(CheckList checks, PayoutProof proof, StatedLines lines, WindowClosed close, StatementIssued statement)
    {
        Digest digest = Digest.FromBytes(System.Security.Cryptography.SHA256.HashData(lines.Bytes.Span));
        checks.Equal("lines-digest", "the statement in the file is the one that was issued", statement.StatementDigest, digest);
        StatementBytes? read = StatementBytes.Read(lines.Bytes.Span, proof.Account);
        checks.Holds("lines-bytes", "the statement can be read", read is not null, "a statement's canonical bytes", $"{lines.Bytes.Length} bytes");
        if (read is null) return;
        checks.Equal("lines-window", "it is of this window", proof.Window.Number, read.Window);
        checks.Equal("lines-ruleset", "it was computed under the ruleset of the close", close.RulesetHash, read.RulesetHash);
        checks.Equal("lines-sheet", "it was computed from the contributions of the close", close.SheetDigest, read.SheetDigest);
        checks.Equal("lines-total", "its lines sum up to the total that was issued", statement.Total, read.LinesTotal);
        checks.Equal("lines-stated-total", "it states that total", statement.Total, read.Total);
        checks.Equal("lines-counts", "it has as many lines and accounts as were issued", (statement.Lines, statement.Accounts), (read.LineCount, read.AccountCount));
        checks.Equal("lines-account", "the account's lines are these and no others", Text(read.OfAccount), Text(lines.OfAccount));
        TokenAmount sum = TokenAmount.Zero;
        foreach (StatedLine line in read.OfAccount) sum += line.Amount;
        checks.Holds("lines-cumulative", "the leaf holds at least what this window paid", sum <= proof.Reward.Leaf.Cumulative, $"at most {proof.Reward.Leaf.Cumulative}", $"{sum}");
    }

    private static string Text(IReadOnlyList<StatedLine> lines) =>
        lines.Count == 0 ? "none" : string.Join(", ", lines.Select(line => $"{line.Rule.Code()} {line.Amount}"));
}
