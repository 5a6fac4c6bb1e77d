using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>An account exists from here on.</summary>
/// <param name="Account">The new account.</param>
public sealed record AccountOpened(AccountId Account) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.AccountOpened;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Account(Account);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static AccountOpened Read(IFieldReader fields) => new(fields.Account("account"));
}

/// <summary>Payouts of an account go to this wallet from the next statement on.</summary>
/// <param name="Account">Whose wallet.</param>
/// <param name="Wallet">Where its payouts go.</param>
public sealed record WalletLinked(AccountId Account, WalletAddress Wallet) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.WalletLinked;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Account(Account);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Wallet("wallet", Wallet);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static WalletLinked Read(IFieldReader fields) => new(fields.Account("account"), fields.Wallet("wallet"));
}

/// <summary>The account earns nothing and pays nothing for anything it does after this.</summary>
/// <param name="Account">Who is suspended.</param>
/// <param name="Reason">Why, for the person and the auditor.</param>
public sealed record AccountSuspended(AccountId Account, string Reason) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.AccountSuspended;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Account(Account);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Text("reason", Reason);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static AccountSuspended Read(IFieldReader fields) => new(fields.Account("account"), fields.Text("reason"));
}
