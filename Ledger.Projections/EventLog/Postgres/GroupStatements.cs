using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The statements of one append, inside its transaction: one round trip for everything but the activity, which goes by binary COPY.</summary>
internal static class GroupStatements
{
    /// <summary>The channel that tells of a new head.</summary>
    public static string Channel(string schema) => $"weledger_{schema}";

    /// <exception cref="LogFaultException"><c>writer-fenced</c>: the transaction must not be committed.</exception>
    public static async Task SendAsync(NpgsqlConnection connection, PostgresAddress address, AppendGroup group, long fence)
    {
        string schema = address.Schema;
        await using (NpgsqlBatch batch = new(connection))
        {
            Add(batch, $"UPDATE {schema}.log_state SET head = $1, names = $2 WHERE fence = $3 AND head = $4", group.EndPosition, group.NamesBefore + group.Names.Length, fence, group.FirstPosition);
            Add(batch, $"INSERT INTO {schema}.append_group VALUES ($1, $2, $3, $4::date, $5::date)", group.FirstPosition, group.EndPosition, fence, DateOrNull(group.Windows?.Min), DateOrNull(group.Windows?.Max));
            AddNames(batch, schema, group);
            AddRows(batch, schema, group.Rows);
            AddSpans(batch, schema, group.Spans);
            AddNodes(batch, schema, group.Nodes);
            Add(batch, "SELECT pg_notify($1, $2)", Channel(schema), group.EndPosition.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await batch.ExecuteNonQueryAsync();
            if (batch.BatchCommands[0].RecordsAffected != 1) throw PostgresFaults.Fenced(address);
        }

        foreach (Day window in group.NewWindows) await PostgresSchema.RunAsync(connection, PostgresSchema.Partition(schema, window), CancellationToken.None);
        if (group.Activity.IsEmpty) return;
        await using NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync($"COPY {schema}.activity ({CopyWriter.Columns}) FROM STDIN (FORMAT BINARY)");
        await copy.WriteAsync(group.Activity);
    }

    private static void AddNames(NpgsqlBatch batch, string schema, AppendGroup group)
    {
        if (group.Names.Length == 0) return;
        Add(batch, $"INSERT INTO {schema}.event_name SELECT $1 + n.i - 1, n.name FROM unnest($2) WITH ORDINALITY AS n (name, i)", group.NamesBefore, group.Names);
    }

    private static void AddRows(NpgsqlBatch batch, string schema, IReadOnlyList<EventRow> rows)
    {
        if (rows.Count == 0) return;
        Add(
            batch,
            $"""
            INSERT INTO {schema}.event_row (position, id, kind, stream, revision, window_day, occurred_at, recorded_at, canonical, fields)
            SELECT p, i, k, s, r, w, o, a, c, f::jsonb FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS t (p, i, k, s, r, w, o, a, c, f)
            """,
            Of(rows, row => row.Position),
            Of(rows, row => PostgresValues.Guid(row.Event.Id)),
            Of(rows, row => (short)row.Event.Payload.Kind),
            Of(rows, row => row.Event.Stream.Value),
            Of(rows, row => row.Revision),
            Of(rows, row => PostgresValues.DateOnly(row.Event.Window)),
            Of(rows, row => PostgresValues.DateTime(row.Event.OccurredAt)),
            Of(rows, row => PostgresValues.DateTime(row.Event.RecordedAt)),
            Of(rows, row => row.Canonical),
            Of(rows, row => row.Fields));
    }

    private static void AddSpans(NpgsqlBatch batch, string schema, IReadOnlyList<StreamSpan> spans) => Add(
        batch,
        $"INSERT INTO {schema}.stream_span SELECT * FROM unnest($1, $2, $3, $4, $5)",
        Of(spans, span => span.Name), Of(spans, span => span.FirstRevision), Of(spans, span => span.Events), Of(spans, span => span.FirstPosition), Of(spans, span => span.LastPosition));

    private static void AddNodes(NpgsqlBatch batch, string schema, IReadOnlyList<TreeNode> nodes)
    {
        if (nodes.Count == 0) return;
        Add(batch, $"INSERT INTO {schema}.tree_node SELECT * FROM unnest($1, $2, $3)", Of(nodes, node => node.Level), Of(nodes, node => node.Place), Of(nodes, node => node.Hash.ToArray()));
    }

    private static object DateOrNull(Day? window) => window is { } day ? PostgresValues.DateOnly(day) : DBNull.Value;

    private static TValue[] Of<T, TValue>(IReadOnlyList<T> items, Func<T, TValue> value)
    {
        TValue[] values = new TValue[items.Count];
        for (int i = 0; i < values.Length; i++) values[i] = value(items[i]);
        return values;
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        NpgsqlBatchCommand command = new(sql);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
