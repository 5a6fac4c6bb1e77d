using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Core.Validity;

namespace Ledger.Core.Contributions;

/// <summary>All that judging a window's activity needs to know besides the activity itself. Nothing here changes while the window folds.</summary>
public sealed class FoldContext
{
    private SubjectTable? _subjects;

    /// <summary>The window's UTC day.</summary>
    public required Day Window { get; init; }

    /// <summary>Position of the window's opening: all of its activity stands behind it.</summary>
    public required long OpenedAt { get; init; }

    /// <summary>Position of the seal: nothing at or after it counts.</summary>
    public required long SealedAt { get; init; }

    public required ValidityRules Rules { get; init; }

    public required Directory Directory { get; init; }

    public required TeamRoster Roster { get; init; }

    public required Retractions Retractions { get; init; }

    public required IBandwidth Bandwidth { get; init; }

    /// <summary>Positions of payments that found too little balance.</summary>
    public required IReadOnlySet<long> Unfunded { get; init; }

    /// <summary>What the activity acts on, packed for the kernels; made when it is first asked for.</summary>
    internal SubjectTable Subjects => LazyInitializer.EnsureInitialized(ref _subjects, () => new SubjectTable(this));
}
