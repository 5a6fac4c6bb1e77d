using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The log's tables; specs/event-log-postgres.md explains each column.</summary>
internal static class PostgresSchema
{
    /// <summary>What this build makes and reads.</summary>
    public const int Layout = 1;

    /// <summary>Makes the tables where there are none; for the holder of the writer's lock.</summary>
    public static async Task EnsureAsync(NpgsqlConnection connection, string schema, int segmentEvents, CancellationToken cancel)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        if (!await ExistsAsync(connection, schema, cancel))
        {
            // A user who owns the schema need not be allowed to make one.
            await RunAsync(connection, $"DO $$ BEGIN IF to_regnamespace('{schema}') IS NULL THEN CREATE SCHEMA {schema}; END IF; END $$", cancel);
            await RunAsync(connection, Tables(schema, segmentEvents), cancel);
        }

        await using NpgsqlCommand kinds = new($"INSERT INTO {schema}.event_kind SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING", connection)
        {
            Parameters =
            {
                new() { Value = EventCatalogue.Kinds.Select(kind => (short)kind).ToArray() },
                new() { Value = EventCatalogue.Kinds.Select(EventCatalogue.Name).ToArray() },
            },
        };
        await kinds.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Whether the schema holds a log.</summary>
    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        await using NpgsqlCommand exists = new($"SELECT to_regclass('{schema}.log_state') IS NOT NULL", connection);
        return await exists.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Makes the partition of a window, inside the transaction that stores its first events. Readers are not held up: only ATTACH touches the parent.</summary>
    public static string Partition(string schema, Day window)
    {
        string name = $"{schema}.activity_{window.ToString().Replace("-", "", StringComparison.Ordinal)}";
        return $"""
            CREATE TABLE {name} (LIKE {schema}.activity INCLUDING STORAGE);
            CREATE UNIQUE INDEX ON {name} (position);
            ALTER TABLE {schema}.activity ATTACH PARTITION {name} FOR VALUES IN ('{window}');
            INSERT INTO {schema}.activity_window VALUES ('{window}')
            """;
    }

    public static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Tables(string s, int segmentEvents) => $"""
        CREATE TABLE {s}.log_state (
          one boolean PRIMARY KEY DEFAULT true CHECK (one),
          layout integer NOT NULL,
          segment_events integer NOT NULL,
          head bigint NOT NULL,
          names integer NOT NULL,
          fence bigint NOT NULL,
          writer_pid integer NOT NULL,
          writer_started timestamptz NOT NULL);
        INSERT INTO {s}.log_state VALUES (true, {Layout.ToString(CultureInfo.InvariantCulture)}, {segmentEvents.ToString(CultureInfo.InvariantCulture)}, 0, 0, 0, 0, '-infinity');

        CREATE TABLE {s}.event_kind (code smallint PRIMARY KEY, name text NOT NULL);

        CREATE TABLE {s}.event_name (ordinal integer PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE);

        CREATE TABLE {s}.activity (
          position bigint NOT NULL,
          id uuid NOT NULL,
          occurred_at timestamptz NOT NULL,
          recorded_at timestamptz NOT NULL,
          value bigint NOT NULL,
          revision bigint NOT NULL,
          window_day date NOT NULL,
          account integer NOT NULL,
          target integer NOT NULL,
          kind smallint NOT NULL
        ) PARTITION BY LIST (window_day);
        CREATE TABLE {s}.activity_window (window_day date PRIMARY KEY);

        CREATE TABLE {s}.event_row (
          position bigint PRIMARY KEY,
          id uuid NOT NULL UNIQUE,
          kind smallint NOT NULL,
          stream text COLLATE "C" NOT NULL,
          revision bigint NOT NULL,
          window_day date NOT NULL,
          occurred_at timestamptz NOT NULL,
          recorded_at timestamptz NOT NULL,
          canonical bytea NOT NULL,
          fields jsonb NOT NULL,
          UNIQUE (stream, revision));

        CREATE TABLE {s}.event_id (id uuid NOT NULL, position bigint NOT NULL) PARTITION BY RANGE (position);
        CREATE TABLE {s}.id_segment (segment integer PRIMARY KEY, filter bytea NOT NULL);
        ALTER TABLE {s}.id_segment ALTER COLUMN filter SET STORAGE EXTERNAL;

        CREATE TABLE {s}.stream_span (
          stream text COLLATE "C" NOT NULL,
          first_revision bigint NOT NULL,
          events bigint NOT NULL,
          first_position bigint NOT NULL,
          last_position bigint NOT NULL,
          PRIMARY KEY (stream, first_revision));

        CREATE TABLE {s}.tree_node (level smallint NOT NULL, place bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, place));

        CREATE TABLE {s}.append_group (
          first_position bigint PRIMARY KEY,
          end_position bigint NOT NULL,
          fence bigint NOT NULL,
          window_min date,
          window_max date);

        CREATE VIEW {s}.activity_named AS
          SELECT a.position, a.id, k.name AS kind, who.name AS account, what.name AS target, a.occurred_at, a.recorded_at, a.window_day,
            CASE WHEN a.kind = {Code(EventKind.Viewed)} THEN a.value END AS watch_seconds,
            CASE WHEN a.kind = {Code(EventKind.Commented)} THEN (a.value >> 56) & 255 END AS letters,
            CASE WHEN a.kind = {Code(EventKind.Shared)} THEN a.value END AS platform,
            CASE WHEN a.kind IN ({Code(EventKind.BroadcastMinute)}, {Code(EventKind.PresenceMinute)}) THEN a.value END AS minute
          FROM {s}.activity a
          JOIN {s}.event_kind k ON k.code = a.kind
          JOIN {s}.event_name who ON who.ordinal = a.account
          JOIN {s}.event_name what ON what.ordinal = a.target;
        CREATE VIEW {s}.row_named AS
          SELECT r.position, r.id, k.name AS kind, r.stream, r.revision, r.window_day, r.occurred_at, r.recorded_at, r.fields
          FROM {s}.event_row r
          JOIN {s}.event_kind k ON k.code = r.kind;
        """;

    private static string Code(EventKind kind) => ((int)kind).ToString(CultureInfo.InvariantCulture);
}
