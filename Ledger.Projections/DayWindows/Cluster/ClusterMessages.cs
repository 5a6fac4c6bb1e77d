using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Asks for a part of a sealed window, wherever it lives. Asking twice is harmless.</summary>
/// <param name="WindowDay">The window's day number.</param>
/// <param name="SealedAt">Position of the seal.</param>
/// <param name="Part">Which part.</param>
/// <param name="Term">The asking driver's term.</param>
public sealed record FoldPart(int WindowDay, long SealedAt, int Part, long Term)
{
    internal PartKey Key => new(Day.FromNumber(WindowDay), SealedAt, Part);
}

/// <summary>The answer to <see cref="FoldPart"/> when the part could not be made where it lives.</summary>
/// <param name="WindowDay">The window's day number.</param>
/// <param name="Part">Which part.</param>
/// <param name="Reason">What failed, for a person.</param>
public sealed record PartFailed(int WindowDay, int Part, string Reason);
