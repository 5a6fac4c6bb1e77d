using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows;

/// <summary>A sealed window whose parts others fold, and which are not all there yet.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="Held">How many of its parts are there.</param>
/// <param name="Count">How many it has.</param>
public sealed record Gathering(Day Window, int Held, int Count);

/// <summary>A sealed window waits for the parts that a cluster folds: nothing can be said of it, or of anything behind its seal that its close decides.</summary>
public sealed class WindowWaitsForClusterException(Gathering waiting)
    : Exception($"{Code}: window {waiting.Window} is sealed and waits for the cluster that folds it, {waiting.Held} of {waiting.Count} parts are there; ask again, and if none are added start members with 'weledger node'")
{
    /// <summary>Stable code.</summary>
    public const string Code = "window-waits-for-cluster";
}
