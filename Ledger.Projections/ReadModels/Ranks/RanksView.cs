using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Ranks;

/// <summary>Creators by popularity as of each close.</summary>
internal sealed class RanksView : View
{
    private readonly SqliteStatement _rank;

    private RanksView(SqliteConnection connection)
        : base(connection) =>
        _rank = Prepare("INSERT OR REPLACE INTO popularity VALUES (?1, ?2, ?3, ?4)");

    public static ViewDefinition Definition { get; } = new(
        "ranks", 1, ["popularity"],
        """
        CREATE TABLE popularity (window INTEGER NOT NULL, rank INTEGER NOT NULL, creator BLOB NOT NULL, popularity BLOB NOT NULL, PRIMARY KEY (window, rank)) STRICT, WITHOUT ROWID;
        CREATE INDEX popularity_creator ON popularity (creator, window);
        """,
        connection => new RanksView(connection));

    public override void Closed(ClosedWindow closed, LedgerState state)
    {
        NameTable names = state.Directory.Names;
        (int Creator, UInt128 Popularity)[] ranked = Ranking.Of(closed);
        for (int i = 0; i < ranked.Length; i++)
        {
            _rank.Bind(1, closed.Window.Number).Bind(2, i + 1).Bind(3, names.Bytes(ranked[i].Creator))
                .Bind(4, TokenAmount.FromBaseUnits(ranked[i].Popularity)).Run();
        }
    }
}
