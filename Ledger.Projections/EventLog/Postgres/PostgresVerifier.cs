using System.Globalization;
using System.Runtime.InteropServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog.Embedded;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Checks everything that a log says about itself, from its events alone.</summary>
internal sealed class PostgresVerifier(PostgresSource source, NameTable stored)
{
    private const int ChunkEvents = 1 << 14;

    private readonly NameTable _names = new();
    private readonly Dictionary<string, long> _streams = new(StringComparer.Ordinal);
    private readonly LogFrontier _frontier = new();
    private readonly LogHasher _hasher = new();

    /// <summary>All events below <paramref name="head"/>: readable, gapless, ids once, revisions, names, what SQL sees of them, tree, groups, indexes. Returns the root.</summary>
    public async Task<Digest> RunAsync(long head, IProgress<long>? progress, CancellationToken cancel)
    {
        NameInterner interner = new(_names);
        for (long first = 0; first < head; first = _frontier.Size)
        {
            long end = Math.Min(head, first + ChunkEvents);
            RecordedEvent[] events = await source.ReadAsync(connection => EventQueries.RangeAsync(connection, source.Schema, stored, first, end, cancel), cancel);
            foreach (RecordedEvent e in events)
            {
                string stream = e.Event.Stream.Value;
                long next = _streams.GetValueOrDefault(stream);
                if (e.Revision != next) throw PostgresFaults.Damaged("revision-wrong", $"event {e.Position} has revision {e.Revision} of stream {stream}, the next is {next}");
                _streams[stream] = next + 1;
                e.Payload.Write(interner);
            }

            await RequireTreeAsync(first, events, cancel);
            await RequireFieldsAsync(events, cancel);
            progress?.Report(end);
        }

        RequireNames();
        await RequireSpansAsync(head, cancel);
        await RequireNoneAsync($"SELECT id::text FROM (SELECT id FROM {source.Schema}.activity WHERE position < $1 UNION ALL SELECT id FROM {source.Schema}.event_row WHERE position < $1) e GROUP BY id HAVING count(*) > 1 LIMIT 1", head, "id-twice", "two events have the id", cancel);
        await RequireNoneAsync(
            $"SELECT g.first_position::text FROM (SELECT first_position, lag(end_position, 1, 0::bigint) OVER (ORDER BY first_position) AS before FROM {source.Schema}.append_group WHERE first_position < $1) g WHERE g.first_position <> g.before LIMIT 1",
            head, "group-missing", "no group of events ends before position", cancel);
        await RequireNoneAsync(
            $"""
            SELECT coalesce(i.position, e.position)::text FROM {source.Schema}.event_id i
            FULL JOIN (SELECT id, position FROM {source.Schema}.activity UNION ALL SELECT id, position FROM {source.Schema}.event_row) e ON i.id = e.id AND i.position = e.position
            WHERE i.id IS NULL AND e.position < least($1, (SELECT count(*) FROM {source.Schema}.id_segment) * (SELECT segment_events FROM {source.Schema}.log_state)) OR e.id IS NULL LIMIT 1
            """,
            head, "id-index-wrong", "the index of ids is not that of the events at position", cancel);
        return _frontier.Root();
    }

    private async Task RequireTreeAsync(long first, RecordedEvent[] events, CancellationToken cancel)
    {
        List<Digest> leaves = [.. events.Select(e => LogHash.Leaf(CanonicalBytes.Of(e.Event)))];
        List<Digest> completed = [];
        TreePart.Append(_frontier, CollectionsMarshal.AsSpan(leaves), completed, _hasher);
        List<TreeNode> nodes = GroupBuilder.Nodes(first, completed);
        if (nodes.Count == 0) return;
        HashSet<TreeNode> found = await source.ReadAsync(
            async connection =>
            {
                await using NpgsqlCommand ask = new($"SELECT n.level, n.place, n.hash FROM unnest($1, $2) AS a (level, place) JOIN {source.Schema}.tree_node n ON n.level = a.level AND n.place = a.place", connection)
                {
                    Parameters = { new() { Value = nodes.Select(n => n.Level).ToArray() }, new() { Value = nodes.Select(n => n.Place).ToArray() } },
                };
                await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancel);
                HashSet<TreeNode> kept = [];
                while (await reader.ReadAsync(cancel)) kept.Add(new TreeNode(reader.GetInt16(0), reader.GetInt64(1), Digest.FromBytes(reader.GetFieldValue<byte[]>(2))));
                return kept;
            },
            cancel);
        foreach (TreeNode node in nodes)
        {
            if (!found.Contains(node))
                throw PostgresFaults.Damaged("tree-differs", $"the kept node of the log tree over events {node.Place << node.Level} to {((node.Place + 1) << node.Level) - 1} is not that of the events: one of them was changed");
        }
    }

    /// <summary>What economists see of a row must be what the row says.</summary>
    private async Task RequireFieldsAsync(RecordedEvent[] events, CancellationToken cancel)
    {
        RecordedEvent[] rows = [.. events.Where(e => !e.Payload.Kind.IsColumnar())];
        if (rows.Length == 0) return;
        string? wrong = await source.ReadAsync(
            async connection =>
            {
                await using NpgsqlCommand ask = new($"SELECT r.position::text FROM unnest($1, $2) AS e (position, fields) JOIN {source.Schema}.event_row r ON r.position = e.position WHERE r.fields <> e.fields::jsonb LIMIT 1", connection)
                {
                    Parameters = { new() { Value = rows.Select(e => e.Position).ToArray() }, new() { Value = rows.Select(e => GroupBuilder.Fields(CanonicalBytes.Of(e.Event))).ToArray() } },
                };
                return await ask.ExecuteScalarAsync(cancel) as string;
            },
            cancel);
        if (wrong is not null) throw PostgresFaults.Damaged("row-damaged", $"the fields of the event at position {wrong} are not those of its canonical bytes");
    }

    private void RequireNames()
    {
        for (int ordinal = 0; ordinal < _names.Count; ordinal++)
        {
            if (ordinal >= stored.Count || !_names.Bytes(ordinal).SequenceEqual(stored.Bytes(ordinal))) throw PostgresFaults.Damaged("name-wrong", $"name {ordinal} is not the one that its first event has");
        }
    }

    private async Task RequireSpansAsync(long head, CancellationToken cancel)
    {
        CopyReader spans = await source.ReadAsync(
            connection => CopyReader.FetchAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT stream, first_revision, events FROM {source.Schema}.stream_span WHERE first_position < {head} ORDER BY stream, first_revision"), cancel), cancel);
        Dictionary<string, long> told = new(StringComparer.Ordinal);
        while (spans.Next(3))
        {
            string stream = spans.Text();
            if (spans.Int64() != told.GetValueOrDefault(stream)) throw PostgresFaults.Damaged("stream-wrong", $"the spans of stream {stream} do not meet at revision {told.GetValueOrDefault(stream)}");
            told[stream] = told.GetValueOrDefault(stream) + spans.Int64();
        }

        foreach ((string stream, long count) in _streams)
        {
            if (told.GetValueOrDefault(stream) != count) throw PostgresFaults.Damaged("stream-wrong", $"stream {stream} has {count} events, its spans tell of {told.GetValueOrDefault(stream)}");
        }
    }

    private async Task RequireNoneAsync(string query, long head, string code, string what, CancellationToken cancel)
    {
        string? found = await source.ReadAsync(
            async connection =>
            {
                await using NpgsqlCommand ask = new(query, connection) { CommandTimeout = 0, Parameters = { new() { Value = head } } };
                return await ask.ExecuteScalarAsync(cancel) as string;
            },
            cancel);
        if (found is not null) throw PostgresFaults.Damaged(code, $"{what} {found}");
    }
}
