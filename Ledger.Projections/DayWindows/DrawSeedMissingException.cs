using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows;

/// <summary>A window's prizes are drawn, and the block whose hash they are drawn with is not known: nothing can be said of them, or of any window behind it.</summary>
public sealed class DrawSeedMissingException(Day window)
    : Exception($"{Code}: the prizes of window {window} are drawn with the hash of a block made after its seal, and the ledger has not been given one; seal the window and give it the block")
{
    /// <summary>Stable code.</summary>
    public const string Code = "draw-seed-missing";
}
