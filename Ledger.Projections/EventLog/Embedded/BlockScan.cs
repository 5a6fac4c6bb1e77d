using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Walks the chain for the fold: skips what cannot matter, verifies and decodes the rest into buffers used again and again.</summary>
internal static class BlockScan
{
    public static IEnumerable<LogBlock> Run(BlockSource source, long from, long to, BlockRequest request, CancellationToken cancel)
    {
        if (from >= to) yield break;
        ActivityColumns none = new();
        BlockReader reader = source.Rent();
        try
        {
            StoredBlock? block = reader.Holding(from);
            while (block is { } current)
            {
                cancel.ThrowIfCancellationRequested();
                BlockHeader header = current.Header;
                bool columns = request.Columns && header.ColumnarCount > 0 && (request.Window is not { } window || header.MayHold(window.Number));
                bool rows = request.Rows && header.ColumnarCount < header.Count;
                if (columns || rows)
                {
                    yield return new LogBlock
                    {
                        FirstPosition = header.FirstPosition,
                        Count = header.Count,
                        Rows = rows ? Within(BlockEvents.Rows(reader, header), from, to) : [],
                        Activity = columns ? Columns(reader, header, from, to, request) : none,
                    };
                }

                block = header.End < to ? reader.At(header.End, current.Hash) : null;
            }
        }
        finally
        {
            source.Return(reader);
        }
    }

    /// <summary>The ids at ascending positions; each block's ids are fetched once.</summary>
    public static EventId[] IdsAt(BlockSource source, IReadOnlyList<long> positions)
    {
        EventId[] ids = new EventId[positions.Count];
        BlockReader reader = source.Rent();
        try
        {
            for (int next = 0; next < ids.Length;)
            {
                BlockHeader header = reader.Holding(positions[next]).Header;
                int first = next;
                while (next < ids.Length && positions[next] < header.End) next++;
                reader.Part(header, BlockPart.Ids, (header.FirstPosition, positions, first, Into: ids.AsMemory(first, next - first)), static (bytes, asked) =>
                {
                    for (int i = 0; i < asked.Into.Length; i++)
                    {
                        int offset = (int)(asked.positions[asked.first + i] - asked.FirstPosition);
                        asked.Into.Span[i] = EventId.FromBytes(bytes.Slice(offset * EventId.SizeBytes, EventId.SizeBytes));
                    }

                    return asked.Into.Length;
                });
            }
        }
        finally
        {
            source.Return(reader);
        }

        return ids;
    }

    private static List<RecordedEvent> Within(List<RecordedEvent> rows, long from, long to)
    {
        rows.RemoveAll(row => row.Position < from || row.Position >= to);
        return rows;
    }

    private static ActivityColumns Columns(BlockReader reader, BlockHeader header, long from, long to, BlockRequest request)
    {
        bool mixed = request.Window is not null && header.WindowMin != header.WindowMax;
        ActivityPart activity = reader.Activity(header, withWindow: mixed, withLag: false);
        if (mixed || header.FirstPosition < from || header.End > to) Keep(activity, from, to, mixed ? request.Window!.Value.Number : null);
        return activity.Columns;
    }

    private static void Keep(ActivityPart activity, long from, long to, int? window)
    {
        ActivityColumns columns = activity.Columns;
        int kept = 0;
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns.Position[i] < from || columns.Position[i] >= to || (window is { } wanted && activity.Window[i] != wanted)) continue;
            columns.Position[kept] = columns.Position[i];
            columns.Kind[kept] = columns.Kind[i];
            columns.Account[kept] = columns.Account[i];
            columns.Target[kept] = columns.Target[i];
            columns.Value[kept] = columns.Value[i];
            columns.OccurredAtMs[kept] = columns.OccurredAtMs[i];
            kept++;
        }

        columns.SetCount(kept);
    }
}
