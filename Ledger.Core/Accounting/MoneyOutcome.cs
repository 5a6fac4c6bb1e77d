namespace Ledger.Core.Accounting;

/// <summary>How an event about tokens ended.</summary>
public enum MoneyVerdict
{
    /// <summary>It says nothing about tokens, or it moves none: what it says was noted.</summary>
    NoMovement,

    /// <summary>The tokens moved.</summary>
    Moved,

    /// <summary>The paying side held too little: nothing moved.</summary>
    Unfunded,

    /// <summary>It names nobody that can pay or be paid, or takes back what cannot be: nothing moved.</summary>
    Void,
}

/// <summary>How an event ended, and the entry it posted.</summary>
/// <param name="Verdict">Whether tokens moved.</param>
/// <param name="Entry">The entry, exactly when they moved.</param>
public readonly record struct MoneyOutcome(MoneyVerdict Verdict, JournalEntry? Entry);
