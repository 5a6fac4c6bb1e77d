using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>One block's events as objects.</summary>
internal static class BlockEvents
{
    /// <summary>Rows only, with the revisions that they carry.</summary>
    public static List<RecordedEvent> Rows(BlockReader reader, BlockHeader header)
    {
        List<RowsPart.Row> rows = reader.Part(header, BlockPart.Rows, (reader.Zstd, header.RowCount), RowsPart.Decode);
        List<RecordedEvent> events = new(rows.Count);
        foreach (RowsPart.Row row in rows) events.Add(new RecordedEvent(header.FirstPosition + row.Offset, row.Revision, Read(header, row)));
        return events;
    }

    /// <summary>Every event of the block, in order.</summary>
    public static RecordedEvent[] All(BlockReader reader, BlockHeader header, NameTable names)
    {
        RecordedEvent[] events = new RecordedEvent[header.Count];
        foreach (RecordedEvent row in Rows(reader, header)) events[(int)(row.Position - header.FirstPosition)] = row;

        byte[] ids = reader.Part(header, BlockPart.Ids, 0, (bytes, _) => bytes.ToArray());
        ActivityPart activity = reader.Activity(header, withWindow: true, withLag: true);
        Dictionary<string, long> streams = [];
        foreach (StreamSpan span in reader.Part(header, BlockPart.Streams, reader.Zstd, StreamsPart.Decode)) streams.Add(span.Name, span.FirstRevision);
        Dictionary<(int Window, int Shard), string> activityStreams = [];
        int next = 0;
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i] is { } row)
            {
                streams[row.Event.Stream.Value] = row.Revision + 1;
                continue;
            }

            if (next == activity.Columns.Count || activity.Columns.Position[next] != header.FirstPosition + i) throw LogFaults.Checksum(header.FirstPosition, $"no event at place {i}");
            int shard = ShardOf(names, activity.Columns.Account[next]);
            if (!activityStreams.TryGetValue((activity.Window[next], shard), out string? stream))
                activityStreams.Add((activity.Window[next], shard), stream = StreamName.Activity(Day.FromNumber(activity.Window[next]), shard).Value);
            long revision = streams[stream]++;
            events[i] = new RecordedEvent(header.FirstPosition + i, revision, Columnar(activity, next, ids.AsSpan(i * EventId.SizeBytes, EventId.SizeBytes), names));
            next++;
        }

        return events;
    }

    /// <summary>The one event of the block at a position; makes no other.</summary>
    public static RecordedEvent One(BlockReader reader, BlockHeader header, NameTable names, long position)
    {
        int place = (int)(position - header.FirstPosition);
        List<RowsPart.Row> rows = reader.Part(header, BlockPart.Rows, (reader.Zstd, header.RowCount), RowsPart.Decode);
        int before = rows.FindLastIndex(row => row.Offset <= place);
        if (before >= 0 && rows[before].Offset == place) return new RecordedEvent(position, rows[before].Revision, Read(header, rows[before]));

        ActivityPart activity = reader.Activity(header, withWindow: true, withLag: true);
        ActivityColumns columns = activity.Columns;
        int index = columns.Position.AsSpan(0, columns.Count).BinarySearch(position);
        if (index < 0) throw LogFaults.Checksum(header.FirstPosition, $"no event at place {place}");
        byte[] id = reader.Part(header, BlockPart.Ids, place, (bytes, at) => bytes.Slice(at * EventId.SizeBytes, EventId.SizeBytes).ToArray());
        NewEvent e = Columnar(activity, index, id, names);
        return new RecordedEvent(position, Revision(), e);

        // Behind the last row of its stream before it, or where the block's part of the stream begins, as many as stand between.
        long Revision()
        {
            int shard = ShardOf(names, columns.Account[index]);
            int day = activity.Window[index];
            (int from, long revision) = (0, -1);
            for (int row = before; row >= 0 && revision < 0; row--)
            {
                if (Read(header, rows[row]).Stream == e.Stream) (from, revision) = (rows[row].Offset, rows[row].Revision + 1);
            }

            if (revision < 0) revision = reader.Part(header, BlockPart.Streams, reader.Zstd, StreamsPart.Decode).Single(span => span.Name == e.Stream.Value).FirstRevision;
            for (int i = index - 1; i >= 0 && columns.Position[i] - header.FirstPosition >= from; i--)
            {
                if (activity.Window[i] == day && ShardOf(names, columns.Account[i]) == shard) revision++;
            }

            return revision;
        }
    }

    private static int ShardOf(NameTable names, int account) => (int)(names.StableHash(account) % StreamName.ActivityShards);

    private static NewEvent Columnar(ActivityPart activity, int index, ReadOnlySpan<byte> id, NameTable names)
    {
        ActivityColumns columns = activity.Columns;
        ColumnarForm form = new(columns.Account[index], columns.Target[index], columns.Value[index]);
        return new NewEvent(
            EventId.FromBytes(id),
            UnixMs.From(columns.OccurredAtMs[index]),
            UnixMs.From(columns.OccurredAtMs[index] + activity.LagMs[index]),
            Day.FromNumber(activity.Window[index]),
            form.Payload((EventKind)columns.Kind[index], names));
    }

    // A kind or version of a newer build is neither damage nor nothing: it has its own code and stops the reader.
    private static NewEvent Read(BlockHeader header, RowsPart.Row row)
    {
        try
        {
            return CanonicalBytes.Read(row.Canonical);
        }
        catch (EventFormatException e)
        {
            throw new LogFaultException(e.Code, $"the event at position {header.FirstPosition + row.Offset} cannot be read: {e.Message}", e);
        }
    }
}
