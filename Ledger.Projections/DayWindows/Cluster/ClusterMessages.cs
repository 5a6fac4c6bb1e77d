using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>What a part is told, wherever it lives.</summary>
public interface IPartMessage
{
    /// <summary>Which part.</summary>
    int Part { get; }
}

/// <summary>Tells a part that it will be asked: the cluster places it now and not when a window waits.</summary>
/// <param name="Part">Which part.</param>
public sealed record StandReady(int Part) : IPartMessage;

/// <summary>Asks for a part of a sealed window, wherever it lives. Asking twice is harmless.</summary>
/// <param name="WindowDay">The window's day number.</param>
/// <param name="SealedAt">Position of the seal.</param>
/// <param name="Part">Which part.</param>
/// <param name="Term">The asking driver's term.</param>
public sealed record FoldPart(int WindowDay, long SealedAt, int Part, long Term) : IPartMessage
{
    internal PartKey Key => new(Day.FromNumber(WindowDay), SealedAt, Part);
}

/// <summary>The answer to <see cref="FoldPart"/> when the part could not be made where it lives.</summary>
/// <param name="WindowDay">The window's day number.</param>
/// <param name="Part">Which part.</param>
/// <param name="Reason">What failed, for a person.</param>
public sealed record PartFailed(int WindowDay, int Part, string Reason);
