using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Snapshots;

namespace Ledger.Projections.Ingest;

/// <summary>Which windows are open, up to where they are sealed, and which ruleset a new one gets: what the log says of windows, folded.</summary>
public sealed class OpenWindows
{
    private readonly SortedSet<Day> _open = [];
    private readonly List<AdoptedRuleset> _adopted = [];

    /// <summary>The latest day ever sealed; nothing at or before it is ever opened.</summary>
    public Day? LastSealed { get; private set; }

    /// <summary>The open window that late events are carried to.</summary>
    public Day? Earliest => _open.Count > 0 ? _open.Min : null;

    /// <summary>The latest day that was ever opened.</summary>
    public Day? LatestOpened { get; private set; }

    /// <summary>Whether the window takes events.</summary>
    public bool IsOpen(Day window) => _open.Contains(window);

    /// <summary>Whether the window may be opened: it is not open and no window of its day or later is sealed.</summary>
    public bool MayOpen(Day window) => !IsOpen(window) && (LastSealed is not { } sealedDay || window > sealedDay);

    /// <summary>The ruleset for a window: the last one adopted, in log order, that holds from that day or earlier; null when there is none.</summary>
    public AdoptedRuleset? RulesetFor(Day window)
    {
        for (int i = _adopted.Count - 1; i >= 0; i--)
        {
            if (_adopted[i].FirstWindow <= window) return _adopted[i];
        }

        return null;
    }

    /// <summary>The same windows and rulesets, for somebody who goes on alone.</summary>
    internal OpenWindows Copy()
    {
        OpenWindows copy = new() { LastSealed = LastSealed, LatestOpened = LatestOpened };
        copy._open.UnionWith(_open);
        copy._adopted.AddRange(_adopted);
        return copy;
    }

    internal void WriteTo(BinaryWriter output)
    {
        output.Write(_open.Count);
        foreach (Day window in _open) output.Write(window.Number);
        output.Write(LastSealed?.Number ?? -1);
        output.Write(LatestOpened?.Number ?? -1);
        output.Write(_adopted.Count);
        foreach (AdoptedRuleset adopted in _adopted)
        {
            output.Write(adopted.FirstWindow.Number);
            output.Write(adopted.Hash);
            output.Write(adopted.Ruleset);
        }
    }

    internal void Restore(BinaryReader input)
    {
        for (int left = input.ReadInt32(); left > 0; left--) _open.Add(input.ReadDay());
        LastSealed = input.ReadInt32() is var last and >= 0 ? Day.FromNumber(last) : null;
        LatestOpened = input.ReadInt32() is var latest and >= 0 ? Day.FromNumber(latest) : null;
        for (int left = input.ReadInt32(); left > 0; left--) _adopted.Add(new AdoptedRuleset(input.ReadDay(), input.ReadDigest(), input.ReadRuleset()));
    }

    /// <summary>Takes one event; kinds that say nothing of windows or rulesets change nothing.</summary>
    /// <exception cref="EventFormatException"><c>ruleset-unreadable</c>: the log holds a ruleset that this build cannot read.</exception>
    public void Apply(EventPayload payload)
    {
        switch (payload)
        {
            case WindowOpened e:
                _open.Add(e.Window);
                if (LatestOpened is not { } latest || e.Window > latest) LatestOpened = e.Window;
                break;
            case WindowSealed e:
                _open.Remove(e.Window);
                if (LastSealed is not { } last || e.Window > last) LastSealed = e.Window;
                break;
            case RulesetAdopted e:
                Ruleset ruleset = RulesetDocument.Parse(e.Document).Ruleset
                    ?? throw new EventFormatException("ruleset-unreadable", "document", $"the ruleset from {e.FirstWindow} on cannot be read; use a newer build");
                _adopted.Add(new AdoptedRuleset(e.FirstWindow, e.Hash, ruleset));
                break;
        }
    }
}

/// <summary>A ruleset and the first window it holds for.</summary>
public sealed record AdoptedRuleset(Day FirstWindow, Digest Hash, Ruleset Ruleset);
