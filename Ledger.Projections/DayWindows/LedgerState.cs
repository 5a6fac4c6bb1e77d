using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Projections.DayWindows;

/// <summary>Everything the ledger knows at one position of the log, but for the columnar activity, which only a window's fold reads.</summary>
/// <remarks>
/// Events are applied in log order. At a seal the window is folded and closed before anything behind the seal is applied:
/// a window's tokens move as of its seal's position.
/// </remarks>
public sealed class LedgerState
{
    private readonly SortedDictionary<Day, OpenWindow> _open = [];

    public LedgerState(NameTable names)
    {
        Directory = new Directory(names);
        Memberships = new Memberships(Directory);
        Retractions = new Retractions(names);
        Books = new Bookkeeper(Directory, RulesetOf);
    }

    /// <summary>Accounts, spaces, videos.</summary>
    public Directory Directory { get; }

    /// <summary>Who is in whose team.</summary>
    public Memberships Memberships { get; }

    /// <summary>What was taken back.</summary>
    public Retractions Retractions { get; private set; }

    /// <summary>Which windows are open, and which ruleset a new one gets.</summary>
    public OpenWindows Windows { get; } = new();

    /// <summary>Every balance.</summary>
    public Bookkeeper Books { get; }

    /// <summary>What the rules carry from window to window.</summary>
    public PayoutState Payouts { get; private set; } = PayoutState.Initial;

    /// <summary>The next position to apply.</summary>
    public long Position { get; private set; }

    /// <summary>Windows that are opened and not closed, by day.</summary>
    public IReadOnlyDictionary<Day, OpenWindow> Open => _open;

    /// <summary>A window whose seal has been applied and that must be closed before anything else is.</summary>
    public (Day Window, long SealedAt)? Pending { get; private set; }

    /// <summary>Whether the pending window's prizes are drawn, so that it closes only with a seed.</summary>
    public bool PendingDraws => Pending is { } pending && WindowRules.NeedsDrawSeed(_open[pending.Window].Ruleset);

    /// <summary>Takes the next event of the log that is not columnar.</summary>
    /// <returns>What became of the tokens it speaks of.</returns>
    /// <exception cref="InvalidOperationException">A sealed window is not closed yet.</exception>
    /// <exception cref="LogFaultException">The event names a ruleset that was never adopted.</exception>
    public MoneyOutcome Apply(RecordedEvent e)
    {
        if (Pending is { } pending) throw new InvalidOperationException($"window {pending.Window} is sealed; close it before position {e.Position} is applied");
        Directory.Apply(e);
        Memberships.Apply(e);
        Windows.Apply(e.Payload);
        if (e.Payload is WindowOpened opened) OpenWindow(opened, e.Position);
        MoneyOutcome outcome = Books.Apply(e);

        // A refund that moved nothing, because the tip's tokens are spent or gone, takes nothing back either.
        if (e.Payload is not TipRefunded || outcome.Verdict == MoneyVerdict.Moved) Retractions.Apply(e);
        if (e.Payload is WindowSealed seal && _open.ContainsKey(seal.Window)) Pending = (seal.Window, e.Position);
        Position = e.Position + 1;
        return outcome;
    }

    /// <summary>Notes that nothing but columnar events stands before a position.</summary>
    /// <exception cref="InvalidOperationException">A sealed window is not closed yet.</exception>
    public void PassTo(long position)
    {
        if (Pending is { } pending) throw new InvalidOperationException($"window {pending.Window} is sealed; close it before position {position} is passed");
        Position = Math.Max(Position, position);
    }

    /// <summary>What the sealed window's activity is judged by.</summary>
    public FoldContext ContextOfPending()
    {
        (Day window, long sealedAt) = Pending ?? throw new InvalidOperationException("no window is sealed");
        return ContextOf(window, sealedAt);
    }

    /// <summary>What an open window's activity would be judged by if it were sealed at a position up to which everything has been applied.</summary>
    public FoldContext ContextOf(Day window, long sealedAt) => new()
    {
        Window = window,
        OpenedAt = _open[window].OpenedAt,
        SealedAt = sealedAt,
        Rules = _open[window].Ruleset.ForKernel(),
        Directory = Directory,
        Roster = _open[window].Roster,
        Retractions = Retractions,
        Bandwidth = Books.Bandwidth.Frozen(),
        Unfunded = Books.Of(window).Unfunded,
    };

    /// <summary>Applies the rules to the sealed window's sheet and moves its tokens, on all cores.</summary>
    /// <param name="sheet">The window's contributions.</param>
    /// <param name="drawSeed">What prizes are drawn with, when the ruleset draws them.</param>
    public ComputedClose ClosePending(ContributionSheet sheet, Digest? drawSeed)
    {
        (Day window, long sealedAt) = Pending ?? throw new InvalidOperationException("no window is sealed");
        OpenWindow open = _open[window];
        WindowResult result = WindowRules.Compute(new WindowInputs
        {
            Window = window,
            SealedAt = sealedAt,
            Ruleset = open.Ruleset,
            Sheet = sheet,
            Roster = open.Roster,
            Directory = Directory,
            State = Payouts,
            Fund = Books.Fund,
            TopUps = Books.TopUps(window),
            Gifts = Books.Of(window).Gifts,
            DrawSeed = drawSeed,
        });

        // Each of these reads the result; only one of them touches the books.
        Digest root = default, journal = default, next = default;
        AllCores.Run(
            () => root = result.Next.Payees.Tree(PayeeNames.Domain(open.Ruleset.Settlement)).Root,
            () =>
            {
                IReadOnlyList<JournalEntry> entries = Books.EntriesOf(window, result, sealedAt);
                journal = Books.JournalDigest(entries);
                Books.Close(window, entries, sheet);
                Books.Issued(result.Statement, sealedAt);
            },
            () => next = result.Next.DigestOf(Directory.Names));
        Payouts = result.Next;
        _open.Remove(window);
        Pending = null;
        Retractions = Retractions.Since(_open.Count == 0 ? sealedAt : _open.Values.Min(w => w.OpenedAt));
        return new ComputedClose(result, journal, next, root);
    }

    /// <summary>Appends everything it knows; ids stand as ordinals, so the bytes serve only a log whose names have the same.</summary>
    /// <exception cref="InvalidOperationException">A sealed window is not closed yet.</exception>
    internal void WriteTo(BinaryWriter output)
    {
        if (Pending is not null) throw new InvalidOperationException("a sealed window is not closed yet");
        output.Write(Position);
        output.WriteSection(Directory.WriteTo);
        output.WriteSection(Memberships.WriteTo);
        output.WriteSection(Retractions.WriteTo);
        output.WriteSection(Books.WriteTo);
        output.WriteSection(bytes => Payouts.WriteTo(bytes, Directory.Names));
        Windows.WriteTo(output);
        output.Write(_open.Count);
        foreach ((Day window, OpenWindow open) in _open)
        {
            output.Write(window.Number);
            output.Write(open.OpenedAt);
            output.Write(open.Ruleset);
            output.Write(open.Roster);
        }
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote, into a state that has taken no event.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>.</exception>
    internal void Restore(BinaryReader input)
    {
        Position = input.ReadInt64();
        Directory.Restore(input.ReadSection());
        Memberships.Restore(input.ReadSection());
        Retractions.Restore(input.ReadSection());
        Books.Restore(input.ReadSection());
        Payouts = PayoutState.Read(input.ReadSection(), Directory.Names);
        Windows.Restore(input);
        for (int left = input.ReadInt32(); left > 0; left--)
            _open.Add(input.ReadDay(), new OpenWindow(input.ReadInt64(), input.ReadRuleset(), input.ReadRoster()));
    }

    private void OpenWindow(WindowOpened opened, long position)
    {
        AdoptedRuleset? adopted = Windows.RulesetFor(opened.Window);
        if (adopted is null || adopted.Hash != opened.RulesetHash)
        {
            throw new LogFaultException("ruleset-mismatch",
                $"window {opened.Window} at position {position} names ruleset {opened.RulesetHash}, in force is {adopted?.Hash.ToString() ?? "none"}; audit the log");
        }

        TeamRoster roster = Memberships.Roster((uint)adopted.Ruleset.Poa.ProviderShareDefault.Value);
        _open.TryAdd(opened.Window, new OpenWindow(position, adopted.Ruleset, roster));
    }

    private Ruleset RulesetOf(Day window) =>
        _open.TryGetValue(window, out OpenWindow? open) ? open.Ruleset
        : Windows.RulesetFor(window)?.Ruleset ?? throw new LogFaultException("no-ruleset", $"no ruleset holds for {window}; audit the log");
}

/// <summary>A window that takes events, or is sealed and not closed yet.</summary>
/// <param name="OpenedAt">Position of its opening.</param>
/// <param name="Ruleset">The ruleset it closes under.</param>
/// <param name="Roster">Its teams.</param>
public sealed record OpenWindow(long OpenedAt, Ruleset Ruleset, TeamRoster Roster);

/// <summary>What a close comes to.</summary>
/// <param name="Result">The rules' result.</param>
/// <param name="JournalDigest">Of the entries that were posted.</param>
/// <param name="StateDigest">Of the state behind it.</param>
/// <param name="RewardRoot">Root of the reward tree over everything ever earned.</param>
public sealed record ComputedClose(WindowResult Result, Digest JournalDigest, Digest StateDigest, Digest RewardRoot);
