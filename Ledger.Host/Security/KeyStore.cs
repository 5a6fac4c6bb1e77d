using System.Globalization;
using Ledger.Projections.EventLog;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Security;

/// <summary>A key as the store knows it: everything but the key.</summary>
internal sealed record StoredKey(string Id, string Client, byte[] Hash, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>A change of clients or keys that the store does not allow.</summary>
/// <param name="code">Stable, kebab-case.</param>
/// <param name="detail">Why, and what to do.</param>
internal sealed class KeyRefusedException(string code, string detail) : Exception($"{code}: {detail}");

/// <summary>Clients and the hashes of their keys, in the SQLite file <c>keys.db</c> of the data folder; any number of processes may use it.</summary>
internal sealed class KeyStore : IDisposable
{
    public const string FileName = "keys.db";

    /// <summary>Live keys of one client: the one in use and the one that replaces it.</summary>
    public const int LiveKeysMax = 2;

    // "WELK"
    private const int ApplicationId = 0x57454c4b;
    private const int Layout = 1;

    private const string Schema = """
        CREATE TABLE client (name TEXT PRIMARY KEY, scopes TEXT NOT NULL, requests_per_second INTEGER NOT NULL, events_per_second INTEGER NOT NULL) STRICT;
        CREATE TABLE api_key (id TEXT PRIMARY KEY, client TEXT NOT NULL REFERENCES client, hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _clock;

    private KeyStore(SqliteConnection connection, TimeProvider clock) => (_connection, _clock) = (connection, clock);

    /// <summary>Opens the store of a data folder, making it when there is none. Only its owner may read the file.</summary>
    public static KeyStore Open(string dataDirectory, TimeProvider clock)
    {
        Directory.CreateDirectory(dataDirectory);
        string path = Path.Combine(dataDirectory, FileName);
        if (!OperatingSystem.IsWindows())
        {
            using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }

        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5, ForeignKeys = true }.ConnectionString);
        try
        {
            connection.Open();
            KeyStore store = new(connection, clock);
            store.Prepare();
            return store;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Changes whenever anybody has changed something: this store, or another one over the same file in whatever process.</summary>
    public (long Others, long Own) Version => (Number("PRAGMA data_version"), Number("SELECT total_changes()"));

    /// <summary>Adds a client with its first key.</summary>
    /// <exception cref="KeyRefusedException"><c>client-exists</c>.</exception>
    public ApiKey Add(ApiClient client) => Transact(() =>
    {
        if (Clients().ContainsKey(client.Name)) throw new KeyRefusedException("client-exists", $"there is a client '{client.Name}' already; rotate its key, or choose another name");
        Command(
            "INSERT INTO client VALUES ($name, $scopes, $requests, $events)",
            ("$name", client.Name), ("$scopes", client.Scopes.ToString()), ("$requests", client.RequestsPerSecond), ("$events", client.EventsPerSecond)).ExecuteNonQuery();
        return Insert(client.Name);
    });

    /// <summary>Gives a client a second key; the first stays valid until it is revoked.</summary>
    /// <exception cref="KeyNotFoundException"><c>client-unknown</c>.</exception>
    /// <exception cref="KeyRefusedException"><c>keys-two-live</c>.</exception>
    public ApiKey Rotate(string client) => Transact(() =>
    {
        if (!Clients().ContainsKey(client)) throw new KeyNotFoundException($"client-unknown: there is no client '{client}'; `weledger keys list` lists them");
        StoredKey[] live = [.. Keys().Where(k => k.Client == client && k.RevokedAt is null)];
        if (live.Length >= LiveKeysMax) throw new KeyRefusedException("keys-two-live", $"'{client}' has two live keys, {live[0].Id} and {live[1].Id}; revoke one first");
        return Insert(client);
    });

    /// <summary>Ends a key for ever. Revoking it again changes nothing.</summary>
    /// <exception cref="KeyNotFoundException"><c>key-unknown</c>.</exception>
    public void Revoke(string keyId) => Transact(() =>
    {
        if (Keys().All(k => k.Id != keyId)) throw new KeyNotFoundException($"key-unknown: there is no key '{keyId}'; `weledger keys list` lists them");
        Command("UPDATE api_key SET revoked_at = $now WHERE id = $id AND revoked_at IS NULL", ("$now", NowMs()), ("$id", keyId)).ExecuteNonQuery();
        return keyId;
    });

    /// <summary>The clients by name.</summary>
    public SortedDictionary<string, ApiClient> Clients()
    {
        SortedDictionary<string, ApiClient> clients = new(StringComparer.Ordinal);
        using SqliteDataReader rows = Command("SELECT name, scopes, requests_per_second, events_per_second FROM client").ExecuteReader();
        while (rows.Read()) clients.Add(rows.GetString(0), new ApiClient(rows.GetString(0), ScopeSet.Parse(rows.GetString(1).Split(' ')), rows.GetInt32(2), rows.GetInt32(3)));
        return clients;
    }

    /// <summary>Every key there ever was, oldest first.</summary>
    public List<StoredKey> Keys()
    {
        List<StoredKey> keys = [];
        using SqliteDataReader rows = Command("SELECT id, client, hash, created_at, revoked_at FROM api_key ORDER BY created_at, rowid").ExecuteReader();
        while (rows.Read())
        {
            keys.Add(new StoredKey(
                rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)), rows.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4))));
        }

        return keys;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Prepare() => Transact(() =>
    {
        string found = $"{Command("PRAGMA application_id").ExecuteScalar()}/{Command("PRAGMA user_version").ExecuteScalar()}";
        if (found == "0/0") Command($"{Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Layout}").ExecuteNonQuery();
        else if (found != $"{ApplicationId}/{Layout}") throw new LogFaultException("unknown-format", $"{_connection.DataSource} has application id and layout {found}; this build reads {ApplicationId}/{Layout}: use the build that wrote it");
        return found;
    });

    private ApiKey Insert(string client)
    {
        ApiKey key = ApiKey.Generate();
        Command(
            "INSERT INTO api_key VALUES ($id, $client, $hash, $now, NULL)",
            ("$id", key.Id), ("$client", client), ("$hash", key.Hash()), ("$now", NowMs())).ExecuteNonQuery();
        return key;
    }

    private T Transact<T>(Func<T> act)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        T result = act();
        transaction.Commit();
        return result;
    }

    private long Number(string sql) => Convert.ToInt64(Command(sql).ExecuteScalar(), CultureInfo.InvariantCulture);

    private long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
