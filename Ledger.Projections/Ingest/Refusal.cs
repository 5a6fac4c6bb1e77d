namespace Ledger.Projections.Ingest;

/// <summary>Why an event was not taken. Expected, final, and the same whenever the event is sent again in the same state of the ledger.</summary>
/// <param name="Code">Stable, kebab-case; the closed set is in specs/ingest.md.</param>
/// <param name="Field">The field at fault, or null when the whole event is.</param>
/// <param name="Detail">What was found and what is expected.</param>
public sealed record Refusal(string Code, string? Field, string Detail);

/// <summary>What became of a submitted event.</summary>
public enum IntakeStatus
{
    /// <summary>In the log, in the window of its own day.</summary>
    Accepted,

    /// <summary>In the log, in the earliest open window, because the window of its own day is sealed.</summary>
    CarriedForward,

    /// <summary>It was in the log before; nothing changed.</summary>
    Duplicate,

    /// <summary>Not in the log.</summary>
    Refused,
}

/// <summary>What became of a submitted event, and where it stands.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Position">Its position in the log; −1 when refused.</param>
/// <param name="Refusal">Why it was refused, if it was.</param>
public readonly record struct IntakeOutcome(IntakeStatus Status, long Position, Refusal? Refusal = null);
