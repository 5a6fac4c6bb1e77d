using System.Globalization;
using System.IO.Compression;
using Ledger.Projections.EventLog;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Api.Retries;

/// <summary>An answer that was given.</summary>
/// <param name="Request">SHA-256 of the request it was given to.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The body.</param>
internal sealed record GivenAnswer(byte[] Request, int Status, string? ContentType, byte[] Body);

/// <summary>The answers to requests with an <c>Idempotency-Key</c>, in <c>requests.db</c> of the data folder, for a day or until there are too many.</summary>
/// <remarks>
/// Not synced: after a power loss an answer may be missing. Nothing is doubled then either, because events are told apart by their own ids; the
/// repeated request is answered with duplicates.
/// </remarks>
internal sealed class RequestMemory : IDisposable
{
    public const string FileName = "requests.db";

    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private const long BytesMax = 256L << 20;
    private const int ForgetAtOnce = 1_000;

    // "WELR"
    private const int ApplicationId = 0x57454c52;
    private const int Layout = 1;

    private const string Schema = """
        CREATE TABLE answer (client TEXT NOT NULL, key TEXT NOT NULL, given_at INTEGER NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, content_type TEXT, body BLOB NOT NULL, PRIMARY KEY (client, key)) STRICT, WITHOUT ROWID;
        CREATE INDEX answer_given_at ON answer (given_at);
        """;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _clock;
    private long _bytes;

    private RequestMemory(SqliteConnection connection, TimeProvider clock) => (_connection, _clock) = (connection, clock);

    /// <summary>Opens the memory of a data folder, making it when there is none.</summary>
    public static RequestMemory Open(string dataDirectory, TimeProvider clock)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDirectory, FileName), Pooling = false, DefaultTimeout = 5 }.ConnectionString);
        try
        {
            connection.Open();
            RequestMemory memory = new(connection, clock);
            memory.Prepare();
            return memory;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The answer that a client got for a key, or null.</summary>
    public GivenAnswer? Find(string client, string key)
    {
        lock (_gate)
        {
            using SqliteCommand command = Command("SELECT request, status, content_type, body FROM answer WHERE client = $client AND key = $key AND given_at > $after", ("$client", client), ("$key", key), ("$after", Cutoff()));
            using SqliteDataReader rows = command.ExecuteReader();
            return rows.Read() ? new GivenAnswer(rows.GetFieldValue<byte[]>(0), rows.GetInt32(1), rows.IsDBNull(2) ? null : rows.GetString(2), Unpack(rows.GetFieldValue<byte[]>(3))) : null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    public void Keep(string client, string key, GivenAnswer answer)
    {
        byte[] packed = Pack(answer.Body);
        lock (_gate)
        {
            using SqliteCommand command = Command(
                "INSERT OR REPLACE INTO answer VALUES ($client, $key, $at, $request, $status, $type, $body)",
                ("$client", client), ("$key", key), ("$at", NowMs()), ("$request", answer.Request), ("$status", answer.Status), ("$type", (object?)answer.ContentType ?? DBNull.Value), ("$body", packed));
            command.ExecuteNonQuery();
            _bytes += packed.Length;
            if (_bytes > BytesMax) Forget();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static byte[] Pack(byte[] body)
    {
        byte[] packed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length) + sizeof(int)];
        BitConverter.TryWriteBytes(packed, body.Length);
        if (!BrotliEncoder.TryCompress(body, packed.AsSpan(sizeof(int)), out int size, quality: 1, window: 18)) throw new InvalidOperationException("the room for a packed answer is computed to be enough");
        return packed[..(sizeof(int) + size)];
    }

    private static byte[] Unpack(byte[] packed)
    {
        byte[] body = new byte[BitConverter.ToInt32(packed)];
        return BrotliDecoder.TryDecompress(packed.AsSpan(sizeof(int)), body, out int size) && size == body.Length
            ? body
            : throw new LogFaultException("file-damaged", $"{FileName} holds an answer that cannot be read; remove the file: only remembered answers are lost");
    }

    private void Prepare()
    {
        string found = $"{Number("PRAGMA application_id")}/{Number("PRAGMA user_version")}";
        if (found == "0/0") Execute($"PRAGMA journal_mode = wal; {Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Layout}");
        else if (found != $"{ApplicationId}/{Layout}") throw new LogFaultException("unknown-format", $"{_connection.DataSource} has application id and layout {found}; this build reads {ApplicationId}/{Layout}: use the build that wrote it");
        Execute("PRAGMA synchronous = OFF");
        Forget();
    }

    private void Forget()
    {
        using (SqliteCommand old = Command("DELETE FROM answer WHERE given_at <= $cutoff", ("$cutoff", Cutoff()))) old.ExecuteNonQuery();
        for (_bytes = Number("SELECT coalesce(sum(length(body)), 0) FROM answer"); _bytes > BytesMax; _bytes = Number("SELECT coalesce(sum(length(body)), 0) FROM answer"))
            Execute($"DELETE FROM answer WHERE (client, key) IN (SELECT client, key FROM answer ORDER BY given_at LIMIT {ForgetAtOnce})");
    }

    private long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Cutoff() => NowMs() - (long)KeptFor.TotalMilliseconds;

    private long Number(string sql)
    {
        using SqliteCommand command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
