using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Where the log stands in the database.</summary>
internal sealed record LogState(long Head, int Names, int SegmentEvents)
{
    /// <exception cref="LogFaultException"><c>log-missing</c>, <c>unknown-format</c>, or <c>log-truncated</c>: groups and head do not meet.</exception>
    public static async Task<LogState> ReadAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancel)
    {
        if (!await PostgresSchema.ExistsAsync(connection, address.Schema, cancel)) throw PostgresFaults.Missing(address);
        await using NpgsqlCommand ask = new(
            $"SELECT layout, head, names, segment_events, coalesce((SELECT max(end_position) FROM {address.Schema}.append_group WHERE first_position = (SELECT max(first_position) FROM {address.Schema}.append_group)), 0) FROM {address.Schema}.log_state",
            connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) throw PostgresFaults.Missing(address);
        if (reader.GetInt32(0) != PostgresSchema.Layout)
            throw new LogFaultException("unknown-format", $"the log in {address} has layout {reader.GetInt32(0)}, this build reads {PostgresSchema.Layout}; use the build that made it");
        if (reader.GetInt64(1) != reader.GetInt64(4))
            throw PostgresFaults.Damaged("log-truncated", $"the log in {address} should have {reader.GetInt64(1)} events, its last group ends at {reader.GetInt64(4)}");
        return new LogState(reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3));
    }

    /// <summary>Loads the names from the table's end up to <paramref name="count"/>.</summary>
    public static async Task LoadNamesAsync(NpgsqlConnection connection, string schema, NameTable names, int count, CancellationToken cancel)
    {
        CopyReader rows = await CopyReader.FetchAsync(
            connection, string.Create(CultureInfo.InvariantCulture, $"SELECT ordinal, name FROM {schema}.event_name WHERE ordinal >= {names.Count} AND ordinal < {count} ORDER BY ordinal"), cancel);
        while (rows.Next(2))
        {
            int ordinal = rows.Int32();
            if (names.Intern(rows.Bytes().Span) != ordinal || names.Count != ordinal + 1) throw PostgresFaults.Damaged("name-missing", $"name {ordinal} is missing, or stands there twice");
        }

        if (names.Count < count) throw PostgresFaults.Damaged("name-missing", $"name {names.Count} is missing");
    }

    /// <summary>The windows that have a partition.</summary>
    public static async Task<HashSet<Day>> WindowsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        CopyReader rows = await CopyReader.FetchAsync(connection, $"SELECT window_day FROM {schema}.activity_window", cancel);
        HashSet<Day> windows = [];
        while (rows.Next(1)) windows.Add(PostgresValues.Day(rows.Int32()));
        return windows;
    }

    /// <summary>The ids as a writer needs them: filters of what is indexed, the ids of what is not.</summary>
    public async Task<IdMemory> LoadIdsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        List<IdFilter> filters = [];
        await using (NpgsqlCommand ask = new($"SELECT segment, filter FROM {schema}.id_segment ORDER BY segment", connection))
        await using (NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                if (reader.GetInt32(0) != filters.Count) throw PostgresFaults.Damaged("segment-missing", $"the index of id segment {filters.Count} is missing");
                filters.Add(IdFilter.FromBytes(reader.GetFieldValue<byte[]>(1)));
            }
        }

        IdMemory ids = new(SegmentEvents, filters);
        for (long from = ids.IndexedTo; from < Head; from += SegmentEvents)
        {
            long to = Math.Min(Head, from + SegmentEvents);
            (Day min, Day max) = await EventQueries.WindowsAsync(connection, schema, from, to, cancel) ?? default;
            string range = string.Create(CultureInfo.InvariantCulture, $"position >= {from} AND position < {to}");
            CopyReader rows = await CopyReader.FetchAsync(
                connection,
                $"SELECT id, position FROM {schema}.activity WHERE window_day BETWEEN '{min}' AND '{max}' AND {range} UNION ALL SELECT id, position FROM {schema}.event_row WHERE {range}",
                cancel);
            while (rows.Next(2))
            {
                EventId id = EventId.FromBytes(rows.Uuid());
                if (!ids.TryAdd(id, rows.Int64(), out long position)) throw PostgresFaults.Damaged("id-twice", $"the id of the event at position {position} stands there twice");
            }
        }

        return ids;
    }
}
