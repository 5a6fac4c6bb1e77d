using System.Globalization;
using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Reads one stream by revision, page by page.</summary>
internal sealed class StreamEvents(PostgresSource source, NameTable names, StreamName stream)
{
    private const int PageEvents = 8192;
    private const string ActivityPrefix = "activity-";

    private readonly (Day Window, int Shard)? _activity = ActivityOf(stream.Value);

    /// <summary>Events below <paramref name="head"/> from <paramref name="revision"/>, upwards, or downwards from the one before it.</summary>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(long revision, long head, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        bool forwards = direction == ReadDirection.Forwards;
        long next = forwards ? revision : revision - 1;
        while (next >= 0)
        {
            cancel.ThrowIfCancellationRequested();
            long at = next;
            List<RecordedEvent> page = await source.ReadAsync(connection => PageAsync(connection, at, head, forwards, cancel), cancel);
            if (page.Count == 0) yield break;
            if (!forwards && page[0].Revision < next) next = page[0].Revision; // asked for beyond the last one
            foreach (RecordedEvent e in page)
            {
                if (e.Revision != next) throw PostgresFaults.Damaged("event-missing", $"stream {stream} has no event of revision {next} although it goes on");
                yield return e;
                next += forwards ? 1 : -1;
            }
        }
    }

    private async Task<List<RecordedEvent>> PageAsync(NpgsqlConnection connection, long revision, long head, bool forwards, CancellationToken cancel)
    {
        string order = forwards ? "ASC" : "DESC";
        string rows = string.Create(CultureInfo.InvariantCulture, $"stream = '{stream.Value.Replace("'", "''", StringComparison.Ordinal)}' AND revision {(forwards ? ">=" : "<=")} {revision} AND position < {head}");
        if (_activity is not { } activity) return await EventQueries.RowsAsync(connection, source.Schema, string.Create(CultureInfo.InvariantCulture, $"{rows} ORDER BY revision {order} LIMIT {PageEvents}"), cancel);
        if (await StartAsync(connection, revision, forwards, cancel) is not { } start) return [];
        List<RecordedEvent> events = [];
        while (true)
        {
            // The window's other shards are read along: an index for each stream would cost every append.
            string range = string.Create(CultureInfo.InvariantCulture, $"position {(forwards ? ">=" : "<=")} {start} AND position < {head}");
            List<RecordedEvent> all = await EventQueries.ActivityAsync(
                connection, source.Schema, names, string.Create(CultureInfo.InvariantCulture, $"window_day = '{activity.Window}' AND {range} ORDER BY position {order} LIMIT {PageEvents}"), cancel);
            bool last = all.Count < PageEvents;
            string upTo = last ? range : string.Create(CultureInfo.InvariantCulture, $"{range} AND position {(forwards ? "<=" : ">=")} {all[^1].Position}");
            events.AddRange(all.Where(e => e.Event.Stream == stream && (forwards ? e.Revision >= revision : e.Revision <= revision)));
            events.AddRange(await EventQueries.RowsAsync(connection, source.Schema, $"{rows} AND {upTo}", cancel));
            if (last || events.Count > 0) break;
            start = all[^1].Position + (forwards ? 1 : -1);
        }

        events.Sort((a, b) => forwards ? a.Revision.CompareTo(b.Revision) : b.Revision.CompareTo(a.Revision));
        return events;
    }

    /// <summary>Where the group stands that holds the revision, or the stream's last group; null when the stream has no events.</summary>
    private async Task<long?> StartAsync(NpgsqlConnection connection, long revision, bool forwards, CancellationToken cancel)
    {
        await using NpgsqlCommand ask = new(
            $"SELECT {(forwards ? "first_position" : "last_position")} FROM {source.Schema}.stream_span WHERE stream = $1 AND first_revision <= $2 ORDER BY first_revision DESC LIMIT 1", connection)
        {
            Parameters = { new() { Value = stream.Value }, new() { Value = revision } },
        };
        return await ask.ExecuteScalarAsync(cancel) as long?;
    }

    private static (Day Window, int Shard)? ActivityOf(string name)
    {
        const int DayCharacters = 10;
        ReadOnlySpan<char> rest = name.StartsWith(ActivityPrefix, StringComparison.Ordinal) ? name.AsSpan(ActivityPrefix.Length) : default;
        return rest.Length == DayCharacters + 3 && Day.TryParse(rest[..DayCharacters], out Day window) && int.TryParse(rest[(DayCharacters + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int shard)
            ? (window, shard)
            : null;
    }
}
