using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Contents;

/// <summary>Videos: whose, where, about what, and whether they are gone. The first publication and the first deletion stand.</summary>
internal sealed class ContentsView : View
{
    private readonly SqliteStatement _published;
    private readonly SqliteStatement _deleted;

    private ContentsView(SqliteConnection connection)
        : base(connection)
    {
        _published = Prepare("""
            INSERT INTO content (id, published_at, published_ms, owner, space, category, duration_s, cid) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at, published_ms = excluded.published_ms, owner = excluded.owner, space = excluded.space,
                category = excluded.category, duration_s = excluded.duration_s, cid = excluded.cid WHERE published_at IS NULL
            """);
        _deleted = Prepare("INSERT INTO content (id, deleted_at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at WHERE deleted_at IS NULL");
    }

    public static ViewDefinition Definition { get; } = new(
        "contents", 2, ["content"],
        """
        CREATE TABLE content (id BLOB PRIMARY KEY, published_at INTEGER, published_ms INTEGER, owner BLOB, space BLOB, category BLOB, duration_s INTEGER, cid BLOB, deleted_at INTEGER) STRICT, WITHOUT ROWID;
        CREATE INDEX content_space ON content (space, id);
        CREATE INDEX content_owner ON content (owner, id);
        """,
        connection => new ContentsView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        switch (e.Payload)
        {
            case VideoPublished video:
                _published.Bind(1, video.Content.Value).Bind(2, e.Position).Bind(3, e.Event.OccurredAt.Value).Bind(4, video.Account.Value).Bind(5, video.Space.Value)
                    .Bind(6, video.Category).Bind(7, video.DurationSeconds).BindOrNull(8, video.Cid?.ToString()).Run();
                break;
            case ContentDeleted deleted:
                _deleted.Bind(1, deleted.Content.Value).Bind(2, e.Position).Run();
                break;
        }
    }
}
