using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Spaces;

/// <summary>Spaces, their shares, and who was invited into and approved for their teams.</summary>
/// <remarks>The first opening and the first approval stand; who leaves is neither invited nor approved.</remarks>
internal sealed class SpacesView : View
{
    private readonly SqliteStatement _opened;
    private readonly SqliteStatement _providerShare;
    private readonly SqliteStatement _promoterShare;
    private readonly SqliteStatement _invited;
    private readonly SqliteStatement _approved;
    private readonly SqliteStatement _left;

    private SpacesView(SqliteConnection connection)
        : base(connection)
    {
        _opened = Prepare("""
            INSERT INTO space (id, opened_at, provider) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at, provider = excluded.provider WHERE opened_at IS NULL
            """);
        _providerShare = Prepare("INSERT INTO space (id, provider_share_bps) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET provider_share_bps = excluded.provider_share_bps");
        _promoterShare = Prepare("INSERT INTO space (id, promoter_share_bps) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET promoter_share_bps = excluded.promoter_share_bps");
        _invited = Prepare("INSERT INTO member (space, account, invited_at) VALUES (?1, ?2, ?3) ON CONFLICT (space, account) DO UPDATE SET invited_at = excluded.invited_at WHERE invited_at IS NULL");
        _approved = Prepare("INSERT INTO member (space, account, approved_at) VALUES (?1, ?2, ?3) ON CONFLICT (space, account) DO UPDATE SET approved_at = excluded.approved_at WHERE approved_at IS NULL");
        _left = Prepare("DELETE FROM member WHERE space = ?1 AND account = ?2");
    }

    public static ViewDefinition Definition { get; } = new(
        "spaces", 1, ["space", "member"],
        """
        CREATE TABLE space (id BLOB PRIMARY KEY, opened_at INTEGER, provider BLOB, provider_share_bps INTEGER, promoter_share_bps INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE member (space BLOB NOT NULL, account BLOB NOT NULL, invited_at INTEGER, approved_at INTEGER, PRIMARY KEY (space, account)) STRICT, WITHOUT ROWID;
        CREATE INDEX member_account ON member (account, space);
        """,
        connection => new SpacesView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        switch (e.Payload)
        {
            case SpaceOpened opened:
                _opened.Bind(1, opened.Space.Value).Bind(2, e.Position).Bind(3, opened.Provider.Value).Run();
                break;
            case ProviderShareSet share:
                _providerShare.Bind(1, share.Space.Value).Bind(2, share.ShareBps).Run();
                break;
            case PromoterShareSet share:
                _promoterShare.Bind(1, share.Space.Value).Bind(2, share.ShareBps).Run();
                break;
            case MemberInvited invited:
                _invited.Bind(1, invited.Space.Value).Bind(2, invited.Member.Value).Bind(3, e.Position).Run();
                break;
            case MemberApproved approved:
                _approved.Bind(1, approved.Space.Value).Bind(2, approved.Member.Value).Bind(3, e.Position).Run();
                break;
            case MemberLeft left:
                _left.Bind(1, left.Space.Value).Bind(2, left.Member.Value).Run();
                break;
        }
    }
}
