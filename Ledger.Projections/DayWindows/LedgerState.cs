using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Ingest;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Projections.DayWindows;

/// <summary>Everything the ledger knows at one position of the log, but for the columnar activity, which only a window's fold reads.</summary>
/// <remarks>
/// Events are applied in log order. At a seal the window is folded and its result applied before anything behind the seal is:
/// payouts belong to the seal's position.
/// </remarks>
public sealed class LedgerState
{
    private readonly SortedDictionary<Day, OpenWindow> _open = [];

    public LedgerState(NameTable names)
    {
        Directory = new Directory(names);
        Memberships = new Memberships(Directory);
        Retractions = new Retractions(names);
        Money = new MoneyFold(Directory);
    }

    public Directory Directory { get; }

    public Memberships Memberships { get; }

    public Retractions Retractions { get; }

    /// <summary>Which windows are open, and which ruleset a new one gets.</summary>
    public OpenWindows Windows { get; } = new();

    public MoneyFold Money { get; }

    /// <summary>What the rules carry from window to window.</summary>
    public PayoutState Payouts { get; private set; } = PayoutState.Initial;

    /// <summary>The next position to apply.</summary>
    public long Position { get; private set; }
}

/// <summary>A window that takes events.</summary>
/// <param name="OpenedAt">Position of its opening.</param>
/// <param name="Ruleset">The ruleset it will close under.</param>
/// <param name="Roster">Its teams.</param>
public sealed record OpenWindow(long OpenedAt, Ruleset Ruleset, TeamRoster Roster);
