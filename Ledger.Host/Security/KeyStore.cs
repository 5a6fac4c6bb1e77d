using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Security;

/// <summary>A key as the store knows it: everything but the key.</summary>
internal sealed record StoredKey(string Id, string Client, byte[] Hash, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>A secret that a client signs with. It is kept as it is: a signature can be checked with nothing less.</summary>
internal sealed record StoredSecret(string Id, string Client, byte[] Secret, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

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
        CREATE TABLE signing_secret (id TEXT PRIMARY KEY, client TEXT NOT NULL REFERENCES client, secret BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
        """;

    private readonly OwnerDatabase _database;
    private readonly TimeProvider _clock;

    private KeyStore(OwnerDatabase database, TimeProvider clock) => (_database, _clock) = (database, clock);

    /// <summary>Opens the store of a data folder, making it when there is none. Only its owner may read the file.</summary>
    public static KeyStore Open(string dataDirectory, TimeProvider clock) => new(OwnerDatabase.Open(Path.Combine(dataDirectory, FileName), ApplicationId, Layout, Schema), clock);

    /// <summary>Changes whenever anybody has changed something: this store, or another one over the same file in whatever process.</summary>
    public (long Others, long Own) Version => (Number("PRAGMA data_version"), Number("SELECT total_changes()"));

    /// <summary>Adds a client with its first key.</summary>
    /// <exception cref="KeyRefusedException"><c>client-exists</c>.</exception>
    public ApiKey Add(ApiClient client) => _database.Transact(() =>
    {
        if (Clients().ContainsKey(client.Name)) throw new KeyRefusedException("client-exists", $"there is a client '{client.Name}' already; rotate its key, or choose another name");
        _database.Command(
            "INSERT INTO client VALUES ($name, $scopes, $requests, $events)",
            ("$name", client.Name), ("$scopes", client.Scopes.ToString()), ("$requests", client.RequestsPerSecond), ("$events", client.EventsPerSecond)).ExecuteNonQuery();
        return Insert(client.Name);
    });

    /// <summary>Gives a client a second key; the first stays valid until it is revoked.</summary>
    /// <exception cref="KeyNotFoundException"><c>client-unknown</c>.</exception>
    /// <exception cref="KeyRefusedException"><c>keys-two-live</c>.</exception>
    public ApiKey Rotate(string client) => _database.Transact(() =>
    {
        RequireClient(client);
        StoredKey[] live = [.. Keys().Where(k => k.Client == client && k.RevokedAt is null)];
        if (live.Length >= LiveKeysMax) throw new KeyRefusedException("keys-two-live", $"'{client}' has two live keys, {live[0].Id} and {live[1].Id}; revoke one first");
        return Insert(client);
    });

    /// <summary>Gives a client a signing secret, its first or a second one. From its first on, everything the client writes must be signed, for ever.</summary>
    /// <returns>The secret's id and the secret.</returns>
    /// <exception cref="KeyNotFoundException"><c>client-unknown</c>.</exception>
    /// <exception cref="KeyRefusedException"><c>keys-two-live</c>.</exception>
    public (string Id, byte[] Secret) Sign(string client) => _database.Transact(() =>
    {
        RequireClient(client);
        StoredSecret[] live = [.. Secrets().Where(s => s.Client == client && s.RevokedAt is null)];
        if (live.Length >= LiveKeysMax) throw new KeyRefusedException("keys-two-live", $"'{client}' has two live signing secrets, {live[0].Id} and {live[1].Id}; revoke one first");
        (string id, byte[] secret) = (KeyForm.NewId(), WebhookSignature.NewSecret());
        _database.Command("INSERT INTO signing_secret VALUES ($id, $client, $secret, $now, NULL)", ("$id", id), ("$client", client), ("$secret", secret), ("$now", NowMs())).ExecuteNonQuery();
        return (id, secret);
    });

    /// <summary>Ends a key or a signing secret for ever. Revoking it again changes nothing.</summary>
    /// <exception cref="KeyNotFoundException"><c>key-unknown</c>.</exception>
    public void Revoke(string keyId) => _database.Transact(() =>
    {
        if (Keys().All(k => k.Id != keyId) && Secrets().All(s => s.Id != keyId)) throw new KeyNotFoundException($"key-unknown: there is no key '{keyId}'; `weledger keys list` lists them");
        foreach (string table in (string[])["api_key", "signing_secret"])
            _database.Command($"UPDATE {table} SET revoked_at = $now WHERE id = $id AND revoked_at IS NULL", ("$now", NowMs()), ("$id", keyId)).ExecuteNonQuery();
        return keyId;
    });

    /// <summary>The clients by name.</summary>
    public SortedDictionary<string, ApiClient> Clients()
    {
        SortedDictionary<string, ApiClient> clients = new(StringComparer.Ordinal);
        using SqliteDataReader rows = _database.Command("SELECT name, scopes, requests_per_second, events_per_second, EXISTS (SELECT * FROM signing_secret WHERE client = name) FROM client").ExecuteReader();
        while (rows.Read()) clients.Add(rows.GetString(0), new ApiClient(rows.GetString(0), ScopeSet.Parse(rows.GetString(1).Split(' ')), rows.GetInt32(2), rows.GetInt32(3), rows.GetBoolean(4)));
        return clients;
    }

    /// <summary>Every key there ever was, oldest first.</summary>
    public List<StoredKey> Keys()
    {
        List<StoredKey> keys = [];
        using SqliteDataReader rows = _database.Command("SELECT id, client, hash, created_at, revoked_at FROM api_key ORDER BY created_at, rowid").ExecuteReader();
        while (rows.Read())
        {
            keys.Add(new StoredKey(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2), Time(rows, 3), rows.IsDBNull(4) ? null : Time(rows, 4)));
        }

        return keys;
    }

    /// <summary>Every signing secret there ever was, oldest first.</summary>
    public List<StoredSecret> Secrets()
    {
        List<StoredSecret> secrets = [];
        using SqliteDataReader rows = _database.Command("SELECT id, client, secret, created_at, revoked_at FROM signing_secret ORDER BY created_at, rowid").ExecuteReader();
        while (rows.Read()) secrets.Add(new StoredSecret(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2), Time(rows, 3), rows.IsDBNull(4) ? null : Time(rows, 4)));
        return secrets;
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private void RequireClient(string name)
    {
        if (!Clients().ContainsKey(name)) throw new KeyNotFoundException($"client-unknown: there is no client '{name}'; `weledger keys list` lists them");
    }

    private static DateTimeOffset Time(SqliteDataReader rows, int column) => DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(column));

    private ApiKey Insert(string client)
    {
        ApiKey key = ApiKey.Generate();
        _database.Command(
            "INSERT INTO api_key VALUES ($id, $client, $hash, $now, NULL)",
            ("$id", key.Id), ("$client", client), ("$hash", key.Hash()), ("$now", NowMs())).ExecuteNonQuery();
        return key;
    }

    private long Number(string sql) => Convert.ToInt64(_database.Command(sql).ExecuteScalar(), CultureInfo.InvariantCulture);

    private long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
