using System.Globalization;
using System.Security.Cryptography;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A stream key as the store knows it: everything but the key.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Space">The space it opens.</param>
/// <param name="Account">Whose broadcast it is.</param>
/// <param name="CreatedAt">When it was issued.</param>
/// <param name="RevokedAt">When it was ended; null while it is live.</param>
internal sealed record StoredStreamKey(string Id, SpaceId Space, AccountId Account, UnixMs CreatedAt, UnixMs? RevokedAt);

/// <summary>What the adapter remembers: stream keys as hashes, its broadcasts, which minutes it watched, and what it signs tickets with. For one thread at a time.</summary>
internal sealed class LivestreamStore : IDisposable
{
    public const string FileName = "livestream.db";

    /// <summary>Live keys of one account in one space: the one in use and the one that replaces it.</summary>
    public const int LiveKeysMax = 2;

    // "WELL"
    private const int ApplicationId = 0x57454c4c;
    private const int Layout = 2;

    /// <summary>A reported minute is within a day of its event's time, which is at most minutes ahead: what was watched before that is asked for no more.</summary>
    private const long WatchedMinutesMax = 3 * 1_440;

    private const string Schema = $"""
        CREATE TABLE stream_key (id TEXT PRIMARY KEY, space TEXT NOT NULL, account TEXT NOT NULL, hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
        CREATE TABLE session (server TEXT NOT NULL, space TEXT NOT NULL, opened_at INTEGER NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, flow_at INTEGER,
            instance TEXT, publisher TEXT, bytes INTEGER, frames INTEGER, sampled_at INTEGER,
            last_minute INTEGER NOT NULL, minutes INTEGER NOT NULL, peak_viewers INTEGER NOT NULL, watch_ms INTEGER NOT NULL,
            ended_at INTEGER, PRIMARY KEY (server, space, opened_at)) STRICT;
        CREATE INDEX session_running ON session (server) WHERE ended_at IS NULL;
        CREATE TABLE watched (minute INTEGER PRIMARY KEY) STRICT;
        {AdapterSecret.Schema};
        """;

    private const string SessionColumns = "server, space, opened_at, account, id, flow_at, instance, publisher, bytes, frames, sampled_at, last_minute, minutes, peak_viewers, watch_ms, ended_at";

    private readonly OwnerDatabase _database;
    private readonly SqliteCommand _find; // every update of every broadcast asks it

    private LivestreamStore(OwnerDatabase database)
    {
        _database = database;
        _find = database.Command("SELECT id, space, account, created_at, revoked_at, hash FROM stream_key WHERE id = $id AND revoked_at IS NULL", ("$id", ""));
    }

    /// <summary>Opens the store of the adapter's folder; beside a server that runs, for keys alone.</summary>
    public static LivestreamStore Open(string folder) => new(AdapterDatabase.Open(Path.Combine(folder, FileName), ApplicationId, Layout, Schema));

    /// <summary>Issues a key: an account's first in a space, or the second, so that it is replaced without a gap.</summary>
    /// <exception cref="FormatException"><c>space-unfit</c>: the id cannot be a stream's name.</exception>
    /// <exception cref="KeyRefusedException"><c>keys-two-live</c>.</exception>
    public StreamKey Issue(SpaceId space, AccountId account, UnixMs now) => _database.Transact(() =>
    {
        if (space.Value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new FormatException("space-unfit: a space that is broadcast to has an id of letters, digits, '-' and '_', because media servers make addresses and files of it");
        StoredStreamKey[] live = [.. Keys().Where(k => k.Space == space && k.Account == account && k.RevokedAt is null)];
        if (live.Length >= LiveKeysMax) throw new KeyRefusedException("keys-two-live", $"'{account}' has two live stream keys for '{space}', {live[0].Id} and {live[1].Id}; revoke one first");
        StreamKey key = StreamKey.Generate();
        Run("INSERT INTO stream_key VALUES ($id, $space, $account, $hash, $now, NULL)", ("$id", key.Id), ("$space", space.Value), ("$account", account.Value), ("$hash", key.Hash()), ("$now", now.Value));
        return key;
    });

    /// <summary>Ends a key for ever. Revoking it again changes nothing.</summary>
    /// <exception cref="KeyNotFoundException"><c>stream-key-unknown</c>.</exception>
    public void Revoke(string id, UnixMs now)
    {
        if (Keys().All(k => k.Id != id)) throw new KeyNotFoundException($"stream-key-unknown: there is no stream key '{id}'; `weledger media keys list` lists them");
        Run("UPDATE stream_key SET revoked_at = $now WHERE id = $id AND revoked_at IS NULL", ("$now", now.Value), ("$id", id));
    }

    /// <summary>Every key there ever was, oldest first.</summary>
    public List<StoredStreamKey> Keys()
    {
        List<StoredStreamKey> keys = [];
        using SqliteCommand command = _database.Command("SELECT id, space, account, created_at, revoked_at FROM stream_key ORDER BY created_at, rowid");
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read()) keys.Add(Key(rows));
        return keys;
    }

    /// <summary>What a live key opens; null when it is nobody's. A wrong secret of a known key costs what an unknown key does, but for the look-up.</summary>
    public StoredStreamKey? Find(StreamKey key)
    {
        _find.Parameters[0].Value = key.Id;
        using SqliteDataReader rows = _find.ExecuteReader();
        bool isKnown = rows.Read();
        bool isSame = CryptographicOperations.FixedTimeEquals(isKnown ? rows.GetFieldValue<byte[]>(5) : new byte[SHA256.HashSizeInBytes], key.Hash());
        return isKnown && isSame ? Key(rows) : null;
    }

    /// <summary>Whether anybody was ever given a key for a space: its broadcasts come by these servers.</summary>
    public bool Serves(SpaceId space)
    {
        using SqliteCommand command = _database.Command("SELECT count(*) FROM stream_key WHERE space = $space", ("$space", space.Value));
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>What tickets are signed with; made at the first use.</summary>
    public byte[] TicketSecret() => AdapterSecret.Of(_database);

    /// <summary>Notes how broadcasts are now, and a minute that was watched from its first to its last second; all of it or nothing.</summary>
    public void Save(IReadOnlyCollection<LiveSession> running, IReadOnlyCollection<(LiveSession Session, UnixMs At)> ended, long? watched)
    {
        if (running.Count == 0 && ended.Count == 0 && watched is null) return;
        _database.Transact(() =>
        {
            using SqliteCommand put = _database.Command($"INSERT OR REPLACE INTO session ({SessionColumns}) VALUES ($p0, $p1, $p2, $p3, $p4, $p5, $p6, $p7, $p8, $p9, $p10, $p11, $p12, $p13, $p14, $p15)");
            for (int i = 0; i < 16; i++) put.Parameters.Add(new SqliteParameter($"$p{i.ToString(CultureInfo.InvariantCulture)}", DBNull.Value));
            foreach (LiveSession session in running) Put(put, session, null);
            foreach ((LiveSession session, UnixMs at) in ended) Put(put, session, at);
            if (watched is { } minute)
            {
                Run("INSERT OR IGNORE INTO watched VALUES ($minute)", ("$minute", minute));
                Run("DELETE FROM watched WHERE minute < $first", ("$first", minute - WatchedMinutesMax));
            }

            return 0;
        });
    }

    /// <summary>Whether a minute was watched on all servers from its first to its last second.</summary>
    public bool IsWatched(long minute)
    {
        using SqliteCommand command = _database.Command("SELECT count(*) FROM watched WHERE minute = $minute", ("$minute", minute));
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>Broadcasts, latest first: those that run (null for their end) and those that ended.</summary>
    public List<(LiveSession Session, UnixMs? EndedAt)> Sessions(bool onlyRunning, int limit)
    {
        List<(LiveSession, UnixMs?)> sessions = [];
        using SqliteCommand command = _database.Command($"SELECT {SessionColumns} FROM session {(onlyRunning ? "WHERE ended_at IS NULL" : "WHERE id <> ''")} ORDER BY opened_at DESC LIMIT $limit", ("$limit", limit));
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            sessions.Add((new LiveSession
            {
                Server = rows.GetString(0),
                Space = new SpaceId(rows.GetString(1)),
                OpenedAt = UnixMs.From(rows.GetInt64(2)),
                Account = new AccountId(rows.GetString(3)),
                Id = rows.GetString(4),
                LastFlow = Time(rows, 5),
                Last = rows.IsDBNull(6) ? null : (rows.GetString(6), rows.GetString(7), rows.GetInt64(8), rows.GetInt64(9), Time(rows, 10)!.Value),
                LastMinute = rows.GetInt64(11),
                Minutes = rows.GetInt32(12),
                PeakViewers = rows.GetInt32(13),
                WatchMs = rows.GetInt64(14),
            }, Time(rows, 15)));
        }

        return sessions;
    }

    /// <summary>Who broadcast last in a space of a server, let in there and over by now; null when nobody did.</summary>
    public AccountId? LastBroadcaster(string server, string space)
    {
        using SqliteCommand command = _database.Command(
            "SELECT account FROM session WHERE server = $server AND space = $space AND ended_at IS NOT NULL ORDER BY opened_at DESC LIMIT 1", ("$server", server), ("$space", space));
        return command.ExecuteScalar() is string account ? new AccountId(account) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _find.Dispose();
        _database.Dispose();
    }

    private static void Put(SqliteCommand put, LiveSession s, UnixMs? endedAt)
    {
        object?[] values =
        [
            s.Server, s.Space.Value, s.OpenedAt.Value, s.Account.Value, s.Id, s.LastFlow?.Value, s.Last?.Instance, s.Last?.Publisher, s.Last?.Bytes, s.Last?.Frames, s.Last?.At.Value,
            s.LastMinute, s.Minutes, s.PeakViewers, s.WatchMs, endedAt?.Value,
        ];
        for (int i = 0; i < values.Length; i++) put.Parameters[i].Value = values[i] ?? DBNull.Value;
        put.ExecuteNonQuery();
    }

    private static StoredStreamKey Key(SqliteDataReader rows) => new(rows.GetString(0), new SpaceId(rows.GetString(1)), new AccountId(rows.GetString(2)), Time(rows, 3)!.Value, Time(rows, 4));

    private static UnixMs? Time(SqliteDataReader rows, int column) => rows.IsDBNull(column) ? null : UnixMs.From(rows.GetInt64(column));

    private void Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = _database.Command(sql, parameters);
        command.ExecuteNonQuery();
    }
}
