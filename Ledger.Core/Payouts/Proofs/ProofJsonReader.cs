using System.Text.Json;
using Ledger.Core.Merkle;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Reads what <see cref="ProofJsonWriter"/> writes.</summary>
internal static class ProofJsonReader
{
    /// <summary>Lines that a statement can have for one account: one per rule.</summary>
    private const int LinesMax = (int)PayoutRule.Poc;

    internal static Proof Read(JsonElement root)
    {
        ProofObject json = new(root, "$");
        Require(json, "format", Proof.Format, "unknown-format");
        string kind = json.Text("kind");
        Proof proof = kind switch
        {
            PayoutProof.KindName => Payout(json),
            ActivityProof.KindName => Activity(json),
            SettlementProof.KindName => Settlement(json),
            _ => throw json.Fault("unknown-kind", "kind", $"{PayoutProof.KindName}, {ActivityProof.KindName} or {SettlementProof.KindName}"),
        };
        json.RequireAllTaken();
        return proof;
    }

    private static ActivityProof Activity(ProofObject json)
    {
        LoggedEvent activity = Event(json.Object("activity"));
        return new ActivityProof { Activity = activity, Payout = InnerPayout(json.Object("payout")) };
    }

    private static SettlementProof Settlement(ProofObject json) => new()
    {
        Payout = InnerPayout(json.Object("payout")),
        Ruleset = Event(json.Object("ruleset")),
        Plan = Event(json.Object("plan")),
        Settled = Claim(json.Object("settled")),
        Commitment = json.Digest("commitment"),
    };

    private static PayoutProof InnerPayout(ProofObject json)
    {
        Require(json, "format", Proof.Format, "unknown-format");
        Require(json, "kind", PayoutProof.KindName, "unknown-kind");
        PayoutProof payout = Payout(json);
        json.RequireAllTaken();
        return payout;
    }

    private static PayoutProof Payout(ProofObject json) => new()
    {
        Window = json.Day("window"),
        Account = json.Account("account"),
        Wallet = json.IsNull("wallet") ? null : json.Wallet("wallet"),
        WalletLink = json.IsNull("walletLink") ? null : Event(json.Object("walletLink")),
        Reward = Claim(json.Object("reward")),
        Close = Event(json.Object("close")),
        Statement = Event(json.Object("statement")),
        Lines = json.IsNull("lines") ? null : Lines(json.Object("lines")),
        Checkpoint = Checkpoint(json.Object("checkpoint")),
        Consistency = json.Digests("consistency"),
    };

    private static RewardClaim Claim(ProofObject json)
    {
        ProofObject domain = json.Object("domain");
        string[] encoding = json.Texts("leafEncoding", ProofJsonWriter.LeafEncoding.Count);
        if (!encoding.SequenceEqual(ProofJsonWriter.LeafEncoding, StringComparer.Ordinal)) throw json.Fault("leaf-encoding", "leafEncoding", string.Join(", ", ProofJsonWriter.LeafEncoding));
        RewardClaim claim = new(
            domain.UInt64("chainId"), domain.Wallet("distributor"), domain.Wallet("token"),
            Leaf(json), json.Digest("leafHash"), json.Digests("path"), json.Digest("root"));
        domain.RequireAllTaken();
        json.RequireAllTaken();
        return claim;
    }

    private static RewardLeaf Leaf(ProofObject json)
    {
        string[] values = json.Texts("leaf", ProofJsonWriter.LeafEncoding.Count);
        return values.Length == ProofJsonWriter.LeafEncoding.Count
            && Digest.TryParse(values[0], out Digest domain) && Digest.TryParse(values[1], out Digest payee) && Quantities.TokenAmount.TryParse(values[2], out Quantities.TokenAmount cumulative)
            ? new RewardLeaf(domain, payee, cumulative)
            : throw json.Fault("bad-value", "leaf", "two digests and an amount");
    }

    private static LoggedEvent Event(ProofObject json)
    {
        LoggedEvent logged = new(json.Hex("bytes"), json.Int64("position"), json.Digests("path"));
        json.RequireAllTaken();
        return logged;
    }

    private static StatedLines Lines(ProofObject json)
    {
        List<StatedLine> ofAccount = [];
        foreach (ProofObject item in json.Objects("ofAccount", LinesMax))
        {
            ofAccount.Add(new StatedLine(Rule(item), item.Amount("amount")));
            item.RequireAllTaken();
        }

        StatedLines lines = new(json.Base64("statement"), ofAccount);
        json.RequireAllTaken();
        return lines;
    }

    private static PayoutRule Rule(ProofObject json)
    {
        string code = json.Text("rule");
        for (PayoutRule rule = PayoutRule.PoaSolo; rule <= PayoutRule.Poc; rule++)
        {
            if (rule.Code() == code) return rule;
        }

        throw json.Fault("bad-value", "rule", "a rule's name");
    }

    private static LogCheckpoint Checkpoint(ProofObject json)
    {
        LogCheckpoint checkpoint = new(json.Int64("size"), json.Digest("root"), json.Digest("id"));
        json.RequireAllTaken();
        return checkpoint;
    }

    private static void Require(ProofObject json, string name, string expected, string code)
    {
        if (json.Text(name) != expected) throw json.Fault(code, name, expected);
    }
}
