using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>What payees have earned and not spent is set aside for a settlement, from here on only for it.</summary>
/// <param name="Batch">The settlement's name, never used twice.</param>
/// <param name="Window">The latest final window that it settles.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Distributor">The contract that pays claims.</param>
/// <param name="Token">The token it pays.</param>
/// <param name="RulesetHash">The ruleset that the window closed under.</param>
/// <param name="WaitBelow">A wallet with less to be settled waits, and its earnings stay spendable.</param>
/// <param name="PushFrom">From this on a wallet that is likely to claim is sent its tokens instead; zero pushes to nobody.</param>
/// <param name="ClaimGas">Gas of a claim, as planned with.</param>
/// <param name="PushGas">Gas of one recipient of a push, as planned with.</param>
public sealed record SettlementReserved(string Batch, Day Window, ulong ChainId, WalletAddress Distributor, WalletAddress Token, Digest RulesetHash, TokenAmount WaitBelow, TokenAmount PushFrom, uint ClaimGas, uint PushGas) : EventPayload
{
    /// <summary>The name of a window's settlement: the day, then the day and a number for each one that the gate refused before.</summary>
    /// <param name="window">The window.</param>
    /// <param name="attempt">Counted from 1.</param>
    public static string NameOf(Day window, int attempt) => attempt == 1 ? window.ToString() : string.Create(CultureInfo.InvariantCulture, $"{window}-{attempt}");

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementReserved;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Day("window", Window);
        fields.UInt64("chainId", ChainId);
        fields.Wallet("distributor", Distributor);
        fields.Wallet("token", Token);
        fields.Digest("rulesetHash", RulesetHash);
        fields.Amount("waitBelow", WaitBelow);
        fields.Amount("pushFrom", PushFrom);
        fields.UInt32("claimGas", ClaimGas);
        fields.UInt32("pushGas", PushGas);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementReserved Read(IFieldReader fields) => new(
        fields.Text("batch"),
        fields.Day("window"),
        fields.UInt64("chainId"),
        fields.Wallet("distributor"),
        fields.Wallet("token"),
        fields.Digest("rulesetHash"),
        fields.Amount("waitBelow"),
        fields.Amount("pushFrom"),
        fields.UInt32("claimGas"),
        fields.UInt32("pushGas"));
}

/// <summary>A final statement is to be settled on a chain.</summary>
/// <param name="Batch">The settlement's name, never used twice.</param>
/// <param name="Window">The window it settles.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="RewardRoot">The root to be set: the tree over everything that was ever set aside to be claimed.</param>
/// <param name="CumulativeTotal">Sum over the leaves of that root.</param>
public sealed record SettlementPlanned(string Batch, Day Window, ulong ChainId, Digest RewardRoot, TokenAmount CumulativeTotal) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementPlanned;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Day("window", Window);
        fields.UInt64("chainId", ChainId);
        fields.Digest("rewardRoot", RewardRoot);
        fields.Amount("cumulativeTotal", CumulativeTotal);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementPlanned Read(IFieldReader fields) => new(
        fields.Text("batch"),
        fields.Day("window"),
        fields.UInt64("chainId"),
        fields.Digest("rewardRoot"),
        fields.Amount("cumulativeTotal"));
}

/// <summary>A settlement that the gate refused gives back what was set aside for it. Nothing of it was ever signed.</summary>
/// <param name="Batch">The settlement's name, never used twice.</param>
/// <param name="Code">Why; stable, kebab-case.</param>
public sealed record SettlementReleased(string Batch, string Code) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementReleased;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Text("code", Code);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementReleased Read(IFieldReader fields) => new(fields.Text("batch"), fields.Text("code"));
}

/// <summary>The root of a settlement is final: what was set aside may be claimed on the chain.</summary>
/// <param name="Batch">The settlement's name, never used twice.</param>
/// <param name="RewardRoot">The root that the chain now holds.</param>
public sealed record SettlementSettled(string Batch, Digest RewardRoot) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementSettled;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Digest("rewardRoot", RewardRoot);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementSettled Read(IFieldReader fields) => new(fields.Text("batch"), fields.Digest("rewardRoot"));
}
