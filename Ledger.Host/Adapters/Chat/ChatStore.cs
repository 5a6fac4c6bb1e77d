using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Adapters.Chat;

/// <summary>A message that is stored and whose event is not known to be in the log.</summary>
internal sealed record StoredSaying(long Number, string Room, string Account, string Id, ContentId Content, UnixMs At, string Text);

/// <summary>The words of the rooms, who is mute, and the key of the tokens: <c>chat.db</c> of the adapter's folder. Any thread.</summary>
/// <remarks>
/// Words are here and nowhere else: the log has a digest. A message is stored first, then its event goes into the log, then it is told. What was
/// stored last may be without its event after a crash: <see cref="Unsettled"/>.
/// </remarks>
internal sealed class ChatStore : IDisposable
{
    // "WELC"
    private const int ApplicationId = 0x57454c43;
    private const int Layout = 1;

    private const string Schema = $"""
        CREATE TABLE message (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, at INTEGER NOT NULL, text TEXT,
            UNIQUE (room, account, id)) STRICT;
        CREATE INDEX message_room ON message (room, number);
        CREATE TABLE mute (room TEXT NOT NULL, account TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (room, account)) STRICT, WITHOUT ROWID;
        CREATE TABLE settled (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
        INSERT INTO settled VALUES (1, 0);
        {AdapterSecret.Schema}
        """;

    private readonly Lock _gate = new();
    private readonly OwnerDatabase _database;

    private ChatStore(OwnerDatabase database) => _database = database;

    public static ChatStore Open(string folder) => new(AdapterDatabase.Open(Path.Combine(folder, "chat.db"), ApplicationId, Layout, Schema));

    public byte[] Secret()
    {
        lock (_gate) return AdapterSecret.Of(_database);
    }

    /// <summary>Does several of the following in one commit, durable when it returns.</summary>
    public void Commit(Action act)
    {
        lock (_gate)
        {
            _database.Transact(() =>
            {
                act();
                return 0;
            });
        }
    }

    /// <summary>Stores a message. Only within <see cref="Commit"/>.</summary>
    /// <returns>Its number, and whether the account said it before in this room.</returns>
    public (long Number, bool IsRepeat) Say(string room, string account, string id, string content, UnixMs at, string text)
    {
        object? number = Scalar(
            "INSERT OR IGNORE INTO message (room, account, id, content, at, text) VALUES ($room, $account, $id, $content, $at, $text) RETURNING number",
            ("$room", room), ("$account", account), ("$id", id), ("$content", content), ("$at", at.Value), ("$text", text));
        return number is not null
            ? ((long)number, false)
            : ((long)Scalar("SELECT number FROM message WHERE room = $room AND account = $account AND id = $id", ("$room", room), ("$account", account), ("$id", id))!, true);
    }

    /// <summary>Takes back messages that got no event. Only within <see cref="Commit"/>.</summary>
    public void Drop(IEnumerable<long> numbers)
    {
        foreach (long number in numbers) Run("DELETE FROM message WHERE number = $number", ("$number", number));
    }

    /// <summary>Notes that every message up to a number has its event. Only within <see cref="Commit"/>.</summary>
    public void Settle(long number) => Run("UPDATE settled SET number = $number WHERE number < $number", ("$number", number));

    /// <summary>Takes the words of a message away; false when there is no such message with words. Only within <see cref="Commit"/>.</summary>
    public bool Remove(string room, long number) => Run("UPDATE message SET text = NULL WHERE number = $number AND room = $room AND text IS NOT NULL", ("$number", number), ("$room", room)) > 0;

    /// <summary>Makes an account mute; false when too many are. Only within <see cref="Commit"/>.</summary>
    public bool Mute(string room, string account, UnixMs until, UnixMs now)
    {
        Run("DELETE FROM mute WHERE room = $room AND until <= $now", ("$room", room), ("$now", now.Value));
        Run("INSERT OR REPLACE INTO mute VALUES ($room, $account, $until)", ("$room", room), ("$account", account), ("$until", until.Value));
        if ((long)Scalar("SELECT count(*) FROM mute WHERE room = $room", ("$room", room))! <= ChatSettings.MutesPerRoomMax) return true;
        Unmute(room, account);
        return false;
    }

    /// <summary>Only within <see cref="Commit"/>.</summary>
    public void Unmute(string room, string account) => Run("DELETE FROM mute WHERE room = $room AND account = $account", ("$room", room), ("$account", account));

    /// <summary>Forgets the oldest messages of a room. Only within <see cref="Commit"/>.</summary>
    public void Prune(string room, int kept) => Run(
        "DELETE FROM message WHERE room = $room AND number <= (SELECT number FROM message WHERE room = $room ORDER BY number DESC LIMIT 1 OFFSET $kept)",
        ("$room", room), ("$kept", kept));

    /// <summary>The last message of a room; 0 when there is none.</summary>
    public long Last(string room)
    {
        lock (_gate) return Scalar("SELECT max(number) FROM message WHERE room = $room", ("$room", room)) is long number ? number : 0;
    }

    /// <summary>The last message of all; 0 when there is none.</summary>
    public long LastOfAll()
    {
        lock (_gate) return Scalar("SELECT max(number) FROM message") is long number ? number : 0;
    }

    /// <summary>Who is mute in a room, and until when.</summary>
    public Dictionary<string, UnixMs> Mutes(string room)
    {
        lock (_gate) return List("SELECT account, until FROM mute WHERE room = $room", r => (r.GetString(0), UnixMs.From(r.GetInt64(1))), ("$room", room)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Messages of a room before a number, latest first.</summary>
    public List<ChatMessage> Page(string room, long before, int limit)
    {
        lock (_gate)
        {
            return List(
                "SELECT number, account, at, text FROM message WHERE room = $room AND number < $before ORDER BY number DESC LIMIT $limit",
                r => new ChatMessage(r.GetInt64(0), room, r.GetString(1), UnixMs.From(r.GetInt64(2)), r.IsDBNull(3) ? null : r.GetString(3)),
                ("$room", room), ("$before", before), ("$limit", limit));
        }
    }

    /// <summary>Messages that may be without their event, in order.</summary>
    public List<StoredSaying> Unsettled(int limit)
    {
        lock (_gate)
        {
            return List(
                "SELECT number, room, account, id, content, at, text FROM message WHERE number > (SELECT number FROM settled) AND text IS NOT NULL ORDER BY number LIMIT $limit",
                r => new StoredSaying(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), new ContentId(r.GetString(4)), UnixMs.From(r.GetInt64(5)), r.GetString(6)),
                ("$limit", limit));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _database.Dispose();
    }

    private object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = _database.Command(sql, parameters);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    private int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = _database.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private List<T> List<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = _database.Command(sql, parameters);
        using SqliteDataReader rows = command.ExecuteReader();
        List<T> list = [];
        while (rows.Read()) list.Add(read(rows));
        return list;
    }
}
