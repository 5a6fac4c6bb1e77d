using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Events as objects, from the two places where they are kept.</summary>
internal static class EventQueries
{
    private const string RowColumns = "position, revision, id, kind, stream, window_day, occurred_at, recorded_at, canonical";

    /// <summary>Earliest and latest window of the columnar events in [<paramref name="from"/>, <paramref name="to"/>), or a little around it, so that few partitions are looked into; null when there are none.</summary>
    public static async Task<(Day Min, Day Max)?> WindowsAsync(NpgsqlConnection connection, string schema, long from, long to, CancellationToken cancel)
    {
        await using NpgsqlCommand ask = new(WindowsQuery(schema, from, to), connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Windows(reader) : null;
    }

    /// <inheritdoc cref="WindowsAsync"/>
    public static (Day Min, Day Max)? Windows(NpgsqlConnection connection, string schema, long from, long to)
    {
        using NpgsqlCommand ask = new(WindowsQuery(schema, from, to), connection);
        using NpgsqlDataReader reader = ask.ExecuteReader();
        return reader.Read() ? Windows(reader) : null;
    }

    /// <summary>Every event in [<paramref name="from"/>, <paramref name="to"/>), all of which are stored.</summary>
    /// <exception cref="LogFaultException"><c>event-missing</c>, or an event that cannot be read.</exception>
    public static async Task<RecordedEvent[]> RangeAsync(NpgsqlConnection connection, string schema, NameTable names, long from, long to, CancellationToken cancel)
    {
        (Day Min, Day Max)? windows = await WindowsAsync(connection, schema, from, to, cancel);
        string range = string.Create(CultureInfo.InvariantCulture, $"position >= {from} AND position < {to}");
        RecordedEvent[] events = new RecordedEvent[checked((int)(to - from))];
        int found = 0;
        if (windows is { } days)
        {
            foreach (RecordedEvent e in await ActivityAsync(connection, schema, names, $"window_day BETWEEN '{days.Min}' AND '{days.Max}' AND {range} ORDER BY position", cancel)) Put(e);
        }

        foreach (RecordedEvent e in await RowsAsync(connection, schema, $"{range} ORDER BY position", cancel)) Put(e);
        if (found == events.Length) return events;
        throw PostgresFaults.Damaged("event-missing", $"there is no event at position {from + Array.IndexOf(events, null)} although the log goes on behind it");

        void Put(RecordedEvent e)
        {
            if (events[(int)(e.Position - from)] is not null) throw PostgresFaults.Damaged("position-twice", $"two events stand at position {e.Position}");
            events[(int)(e.Position - from)] = e;
            found++;
        }
    }

    /// <summary>Columnar events that fulfil a condition, in the order it asks for.</summary>
    public static async Task<List<RecordedEvent>> ActivityAsync(NpgsqlConnection connection, string schema, NameTable names, string where, CancellationToken cancel)
    {
        CopyReader rows = await CopyReader.FetchAsync(connection, $"SELECT {CopyWriter.Columns} FROM {schema}.activity WHERE {where}", cancel);
        List<RecordedEvent> events = [];
        while (rows.Next(10))
        {
            long position = rows.Int64();
            EventId id = EventId.FromBytes(rows.Uuid());
            UnixMs occurred = UnixMs.From(PostgresValues.UnixMs(rows.Int64()));
            UnixMs recorded = UnixMs.From(PostgresValues.UnixMs(rows.Int64()));
            long value = rows.Int64();
            long revision = rows.Int64();
            Day window = PostgresValues.Day(rows.Int32());
            ColumnarForm form = new(rows.Int32(), rows.Int32(), value);
            EventKind kind = (EventKind)rows.Int16();
            RequireKind(kind, position);
            if ((uint)form.Account >= (uint)names.Count || (uint)form.Target >= (uint)names.Count) throw PostgresFaults.Damaged("name-missing", $"the event at position {position} has an id that was never named");
            events.Add(new RecordedEvent(position, revision, new NewEvent(id, occurred, recorded, window, form.Payload(kind, names))));
        }

        return events;
    }

    /// <summary>Events of the other kinds that fulfil a condition; their columns must be those of their canonical bytes.</summary>
    public static async Task<List<RecordedEvent>> RowsAsync(NpgsqlConnection connection, string schema, string where, CancellationToken cancel) =>
        Rows(await CopyReader.FetchAsync(connection, RowsQuery(schema, where), cancel));

    /// <inheritdoc cref="RowsAsync"/>
    public static List<RecordedEvent> Rows(NpgsqlConnection connection, string schema, string where) => Rows(CopyReader.Fetch(connection, RowsQuery(schema, where)));

    /// <summary>A kind of a newer build is neither damage nor nothing: it stops the reader.</summary>
    public static void RequireKind(EventKind kind, long position)
    {
        if (!kind.IsColumnar()) throw new LogFaultException("unknown-kind", $"the event at position {position} is of kind {(ushort)kind}, which this build does not keep in columns; use the build that wrote it");
    }

    private static List<RecordedEvent> Rows(CopyReader rows)
    {
        List<RecordedEvent> events = [];
        while (rows.Next(9))
        {
            long position = rows.Int64();
            long revision = rows.Int64();
            EventId id = EventId.FromBytes(rows.Uuid());
            EventKind kind = (EventKind)rows.Int16();
            string stream = rows.Text();
            Day window = PostgresValues.Day(rows.Int32());
            long occurred = PostgresValues.UnixMs(rows.Int64());
            long recorded = PostgresValues.UnixMs(rows.Int64());
            NewEvent e = CanonicalBytes.Read(rows.Bytes());
            if (e.Id != id || e.Payload.Kind != kind || e.Stream.Value != stream || e.Window != window || e.OccurredAt.Value != occurred || e.RecordedAt.Value != recorded)
                throw PostgresFaults.Damaged("row-damaged", $"the columns of the event at position {position} are not those of its canonical bytes");
            events.Add(new RecordedEvent(position, revision, e));
        }

        return events;
    }

    private static string RowsQuery(string schema, string where) => $"SELECT {RowColumns} FROM {schema}.event_row WHERE {where}";

    private static string WindowsQuery(string schema, long from, long to) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT min(window_min), max(window_max) FROM {schema}.append_group
        WHERE first_position >= (SELECT max(first_position) FROM {schema}.append_group WHERE first_position <= {from}) AND first_position < {to}
        """);

    private static (Day Min, Day Max)? Windows(NpgsqlDataReader reader) => reader.IsDBNull(0)
        ? null
        : (Day.FromNumber(reader.GetFieldValue<DateOnly>(0).DayNumber - PostgresValues.EpochDayNumber), Day.FromNumber(reader.GetFieldValue<DateOnly>(1).DayNumber - PostgresValues.EpochDayNumber));
}
