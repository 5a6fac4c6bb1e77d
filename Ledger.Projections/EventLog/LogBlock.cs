using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>What a block reader wants decoded.</summary>
/// <param name="Rows">Events that are not kept in columns, as objects.</param>
/// <param name="Columns">Columnar activity.</param>
/// <param name="Window">Only columnar activity of this window; null for all. Rows come whatever their window.</param>
public readonly record struct BlockRequest(bool Rows, bool Columns, Day? Window = null);

/// <summary>A run of consecutive events, decoded: rows as objects, columnar activity as columns, each in log order.</summary>
public sealed class LogBlock
{
    /// <summary>Position of the block's first event, asked for or not.</summary>
    public required long FirstPosition { get; init; }

    /// <summary>Events in the block, asked for or not.</summary>
    public required int Count { get; init; }

    /// <summary>Rows asked for; their <see cref="RecordedEvent.Position"/> places them among the columns.</summary>
    public required IReadOnlyList<RecordedEvent> Rows { get; init; }

    /// <summary>Columns asked for; empty otherwise.</summary>
    public required ActivityColumns Activity { get; init; }
}
