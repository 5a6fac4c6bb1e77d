using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Windows;

/// <summary>A window's way from its opening to finality; positions are null for what has not happened.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="OpenedAt">Position of its opening.</param>
/// <param name="Ruleset">Hash of the ruleset it closes under.</param>
/// <param name="SealedAt">Position of its seal.</param>
/// <param name="ClosedAt">Position of its close.</param>
/// <param name="Closed">The close: every number.</param>
/// <param name="IssuedAt">Position of its statement.</param>
/// <param name="Issued">The statement's event.</param>
/// <param name="FinalAt">Position of the statement's finality.</param>
public sealed record WindowRow(
    Day Window, long OpenedAt, Digest Ruleset, long? SealedAt, long? ClosedAt, WindowClosed? Closed, long? IssuedAt, StatementIssued? Issued, long? FinalAt)
{
    /// <summary>open, sealed, closed or final.</summary>
    public string State => FinalAt is not null ? "final" : IssuedAt is not null ? "closed" : SealedAt is not null ? "sealed" : "open";
}

/// <summary>What is asked of windows.</summary>
public static class WindowQueries
{
    private const string Columns = "SELECT day, opened_at, ruleset, sealed_at, closed_at, closed, issued_at, issued, final_at FROM window";

    /// <summary>A window, or null when it was never opened.</summary>
    public static WindowRow? Window(this ViewReader views, Day window) => ViewReader.First(views.Query($"{Columns} WHERE day = ?1").Bind(1, window.Number), Row);

    /// <summary>Windows, latest first, before a day (null: from the latest).</summary>
    public static IReadOnlyList<WindowRow> Windows(this ViewReader views, Day? before, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE day < ?1 ORDER BY day DESC LIMIT ?2").Bind(1, before?.Number ?? int.MaxValue).Bind(2, limit), Row);

    /// <summary>The latest window with a statement, or null.</summary>
    public static Day? LastClosed(this ViewReader views)
    {
        using SqliteStatement row = views.Query("SELECT max(day) FROM window WHERE issued_at IS NOT NULL");
        return row.Step() && row.Int64OrNull(0) is { } day ? Day.FromNumber((int)day) : null;
    }

    private static WindowRow Row(SqliteStatement row) => new(
        Day.FromNumber((int)row.Int64(0)), row.Int64(1), row.Digest(2), row.Int64OrNull(3),
        row.Int64OrNull(4), Payload<WindowClosed>(row, 5), row.Int64OrNull(6), Payload<StatementIssued>(row, 7), row.Int64OrNull(8));

    private static T? Payload<T>(SqliteStatement row, int column)
        where T : EventPayload => row.IsNull(column) ? null : (T)CanonicalBytes.Read(row.Blob(column).ToArray()).Payload;
}
