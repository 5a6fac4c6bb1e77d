using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>What one transaction stores: consecutive events, ready for the wire, and what follows from them.</summary>
internal sealed class AppendGroup
{
    public required long FirstPosition { get; init; }

    public required long EndPosition { get; init; }

    public required int NamesBefore { get; init; }

    /// <summary>New names in the order of their ordinals.</summary>
    public required string[] Names { get; init; }

    /// <summary>Rows of the activity table as a finished binary copy; empty when there are none.</summary>
    public required ReadOnlyMemory<byte> Activity { get; init; }

    /// <summary>Whose memory <see cref="Activity"/> is.</summary>
    public required CopyWriter Writer { get; init; }

    public required IReadOnlyList<EventRow> Rows { get; init; }

    public required IReadOnlyList<StreamSpan> Spans { get; init; }

    public required IReadOnlyList<TreeNode> Nodes { get; init; }

    /// <summary>Earliest and latest window of the group's columnar events; null when it has none.</summary>
    public required (Day Min, Day Max)? Windows { get; init; }

    /// <summary>Windows that have no partition yet.</summary>
    public required IReadOnlyList<Day> NewWindows { get; init; }

    public bool IsEmpty => FirstPosition == EndPosition;
}

/// <summary>An event of a kind that is not kept in columns.</summary>
internal sealed record EventRow(long Position, long Revision, Core.Events.NewEvent Event, byte[] Canonical, string Fields);

/// <summary>A node of the log tree: it covers the 2^<paramref name="Level"/> leaves from <paramref name="Place"/> · 2^<paramref name="Level"/> on.</summary>
internal readonly record struct TreeNode(short Level, long Place, Digest Hash);
