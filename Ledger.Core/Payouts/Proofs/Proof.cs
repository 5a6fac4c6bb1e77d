using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>What one can be shown without trusting who shows it (<c>specs/proofs.md</c>); <see cref="ProofFile"/> is its JSON.</summary>
public abstract record Proof
{
    /// <summary>The format's name and version.</summary>
    public const string Format = "weledger-proof-1";

    /// <summary>The JSON's <c>kind</c>.</summary>
    public abstract string Kind { get; }
}

/// <summary>Shows what a payee had earned in all when a window closed, up to a root of the log.</summary>
public sealed record PayoutProof : Proof
{
    public const string KindName = "payout";

    /// <inheritdoc/>
    public override string Kind => KindName;

    public required Day Window { get; init; }

    /// <summary>Whose earnings they are.</summary>
    public required AccountId Account { get; init; }

    /// <summary>The wallet that may claim; null when the account has none, and then nobody can claim yet.</summary>
    public required WalletAddress? Wallet { get; init; }

    /// <summary>The event that linked the account to <see cref="Wallet"/>; null exactly when that is.</summary>
    public required LoggedEvent? WalletLink { get; init; }

    public required RewardClaim Reward { get; init; }

    /// <summary>The <see cref="WindowClosed"/> event.</summary>
    public required LoggedEvent Close { get; init; }

    /// <summary>The <see cref="StatementIssued"/> event.</summary>
    public required LoggedEvent Statement { get; init; }

    /// <summary>The whole statement, from which the account's lines follow; null leaves them out of the proof.</summary>
    public required StatedLines? Lines { get; init; }

    /// <summary>The log that all events of the proof are in.</summary>
    public required LogCheckpoint Checkpoint { get; init; }

    /// <summary>Shows that the checkpoint's log begins with the whole log that the close counted (RFC 9162, section 2.1.4).</summary>
    public required IReadOnlyList<Digest> Consistency { get; init; }
}

/// <summary>Shows that an event was in the log when its window closed, and what its actor then had.</summary>
public sealed record ActivityProof : Proof
{
    public const string KindName = "activity";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The event; its path leads to the root that <see cref="PayoutProof.Close"/> states, not to the checkpoint's.</summary>
    public required LoggedEvent Activity { get; init; }

    /// <summary>Its actor's payout in the event's window.</summary>
    public required PayoutProof Payout { get; init; }
}

/// <summary>Shows what a wallet may claim on a chain, and how what was settled follows from a window's statement: up to the root and the commitment that the distributor contract holds.</summary>
public sealed record SettlementProof : Proof
{
    public const string KindName = "settlement";

    /// <summary>What the file leaves open until a chain is asked; one of <see cref="ProofReport.NotShown"/>.</summary>
    public const string ChainNotShown = "That the chain holds the settled root and the commitment, and what of it is paid: 'weledger verify --rpc' asks a node.";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>The account's payout in the window that was settled.</summary>
    public required PayoutProof Payout { get; init; }

    /// <summary>The <see cref="RulesetAdopted"/> event of the ruleset that the window closed under, document and all.</summary>
    public required LoggedEvent Ruleset { get; init; }

    /// <summary>The <see cref="SettlementPlanned"/> event.</summary>
    public required LoggedEvent Plan { get; init; }

    /// <summary>The wallet's leaf in the settled tree: what the contract pays, in all.</summary>
    public required RewardClaim Settled { get; init; }

    /// <summary>What the contract holds beside the root; see <see cref="RootCommitment"/>.</summary>
    public required Digest Commitment { get; init; }
}

/// <summary>An event and the way from it to a root of the log.</summary>
/// <param name="Bytes">Its canonical bytes (<see cref="CanonicalBytes"/>): the leaf's content.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Path">Sibling hashes from the leaf upwards (RFC 9162, section 2.1.3).</param>
public sealed record LoggedEvent(ReadOnlyMemory<byte> Bytes, long Position, IReadOnlyList<Digest> Path);

/// <summary>A leaf of the reward tree or the settled tree, what its domain is made of, and the way from it to the root.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Distributor">The contract that pays.</param>
/// <param name="Token">The token it pays.</param>
/// <param name="Leaf">The leaf's values.</param>
/// <param name="LeafHash">Keccak-256 of Keccak-256 of their ABI encoding.</param>
/// <param name="Path">Siblings from the leaf up: OpenZeppelin's proof.</param>
/// <param name="Root">The tree's root; the contract holds that of the settled tree.</param>
public sealed record RewardClaim(
    ulong ChainId, WalletAddress Distributor, WalletAddress Token, RewardLeaf Leaf, Digest LeafHash, IReadOnlyList<Digest> Path, Digest Root)
{
    /// <summary>The domain that the parts make.</summary>
    public Digest Domain() => PayeeNames.Domain(new SettlementRules { MinPayout = TokenAmount.Zero, ChainId = ChainId, Distributor = Distributor, Token = Token });
}

/// <summary>A whole statement and, for a person to read, the account's lines of it.</summary>
/// <param name="Bytes">The statement's canonical bytes (<see cref="RewardStatement"/>).</param>
/// <param name="OfAccount">The account's lines, in their order.</param>
public sealed record StatedLines(ReadOnlyMemory<byte> Bytes, IReadOnlyList<StatedLine> OfAccount);

/// <summary>What a statement pays an account under one rule.</summary>
public readonly record struct StatedLine(PayoutRule Rule, TokenAmount Amount);

/// <summary>A size of the log together with its root.</summary>
/// <param name="Size">How many events.</param>
/// <param name="Root">Root of the tree over them.</param>
/// <param name="Id">Names both at once; see <see cref="IdOf"/>.</param>
public sealed record LogCheckpoint(long Size, Digest Root, Digest Id)
{
    /// <summary>A checkpoint with its id.</summary>
    public static LogCheckpoint Of(long size, Digest root) => new(size, root, IdOf(size, root));

    /// <summary>SHA-256 of three lines: <c>weledger-checkpoint-1</c>, the size in decimal, the root in hexadecimal; each ends with a line feed.</summary>
    /// <remarks>A root alone does not bind its size (<c>specs/merkle.md</c>), so what is published and compared is this.</remarks>
    public static Digest IdOf(long size, Digest root) =>
        Digest.FromBytes(SHA256.HashData(Encoding.ASCII.GetBytes($"weledger-checkpoint-1\n{size}\n{root}\n")));
}
