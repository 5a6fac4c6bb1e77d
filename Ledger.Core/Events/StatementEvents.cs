using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A window's reward statement, provisional until it is final.</summary>
/// <param name="Window">The window it pays.</param>
/// <param name="Lines">Lines in it.</param>
/// <param name="Accounts">Accounts with a line.</param>
/// <param name="Total">Sum over the lines.</param>
/// <param name="StatementDigest">SHA-256 over its canonical bytes.</param>
/// <param name="Payees">Leaves of the reward tree.</param>
/// <param name="CumulativeTotal">Sum over the leaves: everything ever earned and not yet released otherwise.</param>
/// <param name="RewardRoot">Root of the reward tree.</param>
/// <param name="FinalFromMs">When it becomes final, Unix milliseconds.</param>
public sealed record StatementIssued(Day Window, ulong Lines, ulong Accounts, TokenAmount Total, Digest StatementDigest, ulong Payees, TokenAmount CumulativeTotal, Digest RewardRoot, long FinalFromMs) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.StatementIssued;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("window", Window);
        fields.UInt64("lines", Lines);
        fields.UInt64("accounts", Accounts);
        fields.Amount("total", Total);
        fields.Digest("statementDigest", StatementDigest);
        fields.UInt64("payees", Payees);
        fields.Amount("cumulativeTotal", CumulativeTotal);
        fields.Digest("rewardRoot", RewardRoot);
        fields.Int64("finalFromMs", FinalFromMs);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static StatementIssued Read(IFieldReader fields) => new(fields.Day("window"), fields.UInt64("lines"), fields.UInt64("accounts"), fields.Amount("total"), fields.Digest("statementDigest"), fields.UInt64("payees"), fields.Amount("cumulativeTotal"), fields.Digest("rewardRoot"), fields.Int64("finalFromMs"));
}

/// <summary>The statement's hold passed without an objection; it may be settled.</summary>
/// <param name="Window">The window it pays.</param>
/// <param name="StatementDigest">What became final.</param>
public sealed record StatementFinalized(Day Window, Digest StatementDigest) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.StatementFinalized;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("window", Window);
        fields.Digest("statementDigest", StatementDigest);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static StatementFinalized Read(IFieldReader fields) => new(fields.Day("window"), fields.Digest("statementDigest"));
}
