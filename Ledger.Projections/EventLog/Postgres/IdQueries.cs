using System.Globalization;
using Ledger.Core.Identity;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>From id to position and back.</summary>
internal static class IdQueries
{
    private const int PositionsMax = 4096;

    /// <summary>The position of the event with this id, or −1: from the index of the finished segments and, unless <paramref name="indexedOnly"/>, the events behind them.</summary>
    public static Task<long> FindAsync(PostgresSource source, EventId id, long head, bool indexedOnly, CancellationToken cancel) => source.ReadAsync(
        async connection =>
        {
            string s = source.Schema;
            string tail = $"id = $1 AND position >= (SELECT count(*) FROM {s}.id_segment) * (SELECT segment_events FROM {s}.log_state) AND position < $2";
            string rest = indexedOnly ? "" : $" UNION ALL SELECT position FROM {s}.activity WHERE {tail} UNION ALL SELECT position FROM {s}.event_row WHERE {tail}";
            await using NpgsqlCommand ask = new($"SELECT position FROM {s}.event_id WHERE id = $1 AND position < $2{rest} LIMIT 1", connection)
            {
                Parameters = { new() { Value = PostgresValues.Guid(id) }, new() { Value = head } },
            };
            return await ask.ExecuteScalarAsync(cancel) is long position ? position : -1L;
        },
        cancel);

    /// <summary>The ids at these positions, which ascend.</summary>
    public static EventId[] At(PostgresSource source, IReadOnlyList<long> positions)
    {
        EventId[] ids = new EventId[positions.Count];
        for (int first = 0; first < ids.Length; first += PositionsMax)
        {
            int start = first;
            long[] asked = [.. positions.Skip(start).Take(PositionsMax)];
            source.Read(connection =>
            {
                Fill(connection, source.Schema, asked, ids.AsSpan(start, asked.Length));
                return true;
            });
        }

        return ids;
    }

    private static void Fill(NpgsqlConnection connection, string schema, long[] positions, Span<EventId> ids)
    {
        string days = EventQueries.Windows(connection, schema, positions[0], positions[^1] + 1) is { } windows ? $"window_day BETWEEN '{windows.Min}' AND '{windows.Max}'" : "false";
        string range = string.Create(CultureInfo.InvariantCulture, $"position >= {positions[0]} AND position <= {positions[^1]}");
        using NpgsqlCommand ask = new(
            $"SELECT position, id FROM {schema}.activity WHERE {days} AND {range} AND position = ANY ($1) UNION ALL SELECT position, id FROM {schema}.event_row WHERE {range} AND position = ANY ($1)", connection)
        {
            Parameters = { new() { Value = positions } },
        };
        using NpgsqlDataReader reader = ask.ExecuteReader();
        int found = 0;
        while (reader.Read())
        {
            ids[Array.BinarySearch(positions, reader.GetInt64(0))] = PostgresValues.Id(reader.GetGuid(1));
            found++;
        }

        if (found != positions.Length) throw PostgresFaults.Damaged("event-missing", $"{positions.Length - found} of the events between positions {positions[0]} and {positions[^1]} are missing");
    }
}
