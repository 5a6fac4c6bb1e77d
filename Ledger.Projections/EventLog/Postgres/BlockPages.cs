using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Reads events as blocks: activity goes from the wire into columns, without an object per event.</summary>
internal static class BlockPages
{
    private const int EventsMax = 1 << 16;

    /// <summary>The blocks of [<paramref name="from"/>, <paramref name="to"/>), all of which is stored.</summary>
    public static IEnumerable<LogBlock> Run(PostgresSource source, long from, long to, BlockRequest request, CancellationToken cancel)
    {
        ActivityColumns columns = new(request.Columns ? EventsMax : 0);
        ActivityCopy copy = new();
        while (from < to)
        {
            cancel.ThrowIfCancellationRequested();
            long first = from;
            LogBlock block = source.Read(connection => Page(connection, source.Schema, first, to, request, copy, columns));
            from += block.Count;
            yield return block;
        }
    }

    private static LogBlock Page(NpgsqlConnection connection, string schema, long from, long to, BlockRequest request, ActivityCopy copy, ActivityColumns columns)
    {
        // With every window asked for a page is a range of positions; else as far as the page's events reach, for most of the log may be left out.
        long end = Math.Min(to, request is { Columns: true, Window: null } ? from + EventsMax : from + int.MaxValue);
        columns.Clear();
        if (request.Columns)
        {
            string? windows = request.Window is { } only ? $"window_day = '{only}'" : Windows(EventQueries.Windows(connection, schema, from, end));
            if (windows is not null) copy.Read(connection, $"SELECT {ActivityCopy.Columns} FROM {schema}.activity WHERE {Condition($"{windows} AND ", from, end)}", columns);
            if (columns.Count == EventsMax) end = columns.Position[EventsMax - 1] + 1;
        }

        List<RecordedEvent> rows = [];
        if (request.Rows)
        {
            rows = EventQueries.Rows(connection, schema, Condition("", from, end));
            if (rows.Count == EventsMax) end = rows[^1].Position + 1;
            while (columns.Count > 0 && columns.Position[columns.Count - 1] >= end) columns.SetCount(columns.Count - 1);
        }

        return new LogBlock { FirstPosition = from, Count = (int)(end - from), Rows = rows, Activity = columns };
    }

    private static string? Windows((Day Min, Day Max)? windows) => windows is { } days ? $"window_day BETWEEN '{days.Min}' AND '{days.Max}'" : null;

    private static string Condition(string condition, long from, long to) =>
        string.Create(CultureInfo.InvariantCulture, $"{condition}position >= {from} AND position < {to} ORDER BY position LIMIT {EventsMax}");
}
