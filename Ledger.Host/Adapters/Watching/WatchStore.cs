using Ledger.Core.Identity;
using Ledger.Host.Security;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Adapters.Watching;

/// <summary>Views, in <c>watching.db</c> of the adapter's folder; durable when a method returns. For one thread at a time.</summary>
internal sealed class WatchStore(string folder) : IDisposable
{
    // "WELW"
    private const int ApplicationId = 0x57454c57;
    private const int Layout = 2;

    private const string Schema = $"""
        CREATE TABLE view (
            id TEXT PRIMARY KEY, account TEXT NOT NULL, content TEXT NOT NULL, issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, length_s INTEGER NOT NULL,
            last_ms INTEGER NOT NULL, watched_ms INTEGER NOT NULL, playing INTEGER NOT NULL, stage INTEGER NOT NULL) STRICT;
        {AdapterSecret.Schema};
        """;

    private readonly OwnerDatabase _database = AdapterDatabase.Open(Path.Combine(folder, "watching.db"), ApplicationId, Layout, Schema);

    /// <summary>The key that tokens are signed with.</summary>
    public byte[] Key() => AdapterSecret.Of(_database);

    /// <summary>All views.</summary>
    public IReadOnlyList<WatchedView> Load()
    {
        using SqliteCommand query = _database.Command("SELECT id, issued_ms, expires_ms, length_s, account, content, last_ms, watched_ms, playing, stage FROM view");
        using SqliteDataReader row = query.ExecuteReader();
        List<WatchedView> views = [];
        while (row.Read())
        {
            ViewToken token = new(EventId.TryParse(row.GetString(0), out EventId id) ? id : default, row.GetInt64(1), row.GetInt64(2), (uint)row.GetInt64(3), new AccountId(row.GetString(4)), new ContentId(row.GetString(5)));
            views.Add(new WatchedView(token) { LastMs = row.GetInt64(6), WatchedMs = row.GetInt64(7), IsPlaying = row.GetInt64(8) == 1, Stage = (ViewStage)row.GetInt64(9) });
        }

        return views;
    }

    /// <summary>Keeps views as they are now, all of them or none, and lets go of others.</summary>
    public void Save(IReadOnlyCollection<WatchedView> changed, IReadOnlyCollection<WatchedView> forgotten) => _database.Transact(() =>
    {
        using SqliteCommand upsert = _database.Command("""
            INSERT INTO view VALUES ($id, $account, $content, $issued, $expires, $length, $last, $watched, $playing, $stage)
            ON CONFLICT (id) DO UPDATE SET last_ms = $last, watched_ms = $watched, playing = $playing, stage = $stage
            """);
        foreach (WatchedView view in changed)
        {
            upsert.Parameters.Clear();
            foreach ((string name, object value) in Values(view)) upsert.Parameters.AddWithValue(name, value);
            upsert.ExecuteNonQuery();
        }

        foreach (WatchedView view in forgotten)
        {
            using SqliteCommand delete = _database.Command("DELETE FROM view WHERE id = $id", ("$id", view.Token.View.ToString()));
            delete.ExecuteNonQuery();
        }

        return changed.Count;
    });

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private static (string, object)[] Values(WatchedView view) =>
    [
        ("$id", view.Token.View.ToString()), ("$account", view.Token.Account.Value), ("$content", view.Token.Content.Value),
        ("$issued", view.Token.IssuedMs), ("$expires", view.Token.ExpiresMs), ("$length", (long)view.Token.LengthSeconds),
        ("$last", view.LastMs), ("$watched", view.WatchedMs), ("$playing", view.IsPlaying ? 1 : 0), ("$stage", (int)view.Stage),
    ];
}
