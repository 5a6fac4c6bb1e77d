using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels;

/// <summary>What a view is called, how its tables look and who fills them.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Layout">Changes whenever its tables or what is in them would: the store then drops it and makes it anew from the log.</param>
/// <param name="Tables">Its tables, for dropping and comparing.</param>
/// <param name="Schema">The statements that make them.</param>
/// <param name="Open">Opens its writer on the connection that writes.</param>
internal sealed record ViewDefinition(string Name, int Layout, string[] Tables, string Schema, Func<SqliteConnection, View> Open);

/// <summary>Fills one view's tables. Ids and texts stand as UTF-8 blobs, so that the tables' order is the order of id bytes; amounts as 16 bytes, most significant first.</summary>
/// <remarks>Whatever came before the view's checkpoint does not reach it; only a seal whose window waits may come twice.</remarks>
internal abstract class View(SqliteConnection connection) : IDisposable
{
    private readonly List<SqliteStatement> _statements = [];
    private long _position;

    /// <summary>The first position that is not in the tables yet; any thread may ask.</summary>
    public long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Takes an event that is not columnar.</summary>
    public virtual void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
    }

    /// <summary>Takes a window's close.</summary>
    public virtual void Closed(ClosedWindow closed, LedgerState state)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements) statement.Dispose();
    }

    /// <summary>A statement that lives as long as the view.</summary>
    protected SqliteStatement Prepare(string sql)
    {
        SqliteStatement statement = new(connection, sql);
        _statements.Add(statement);
        return statement;
    }
}

/// <summary>Values as they stand in views.</summary>
internal static class ViewValues
{
    public const int AmountBytes = 16;

    public static SqliteStatement Bind(this SqliteStatement statement, int index, string text) => statement.Bind(index, Encoding.UTF8.GetBytes(text));

    public static SqliteStatement BindOrNull(this SqliteStatement statement, int index, string? text) => text is null ? statement.BindNull(index) : statement.Bind(index, text);

    public static SqliteStatement Bind(this SqliteStatement statement, int index, TokenAmount amount)
    {
        Span<byte> bytes = stackalloc byte[AmountBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, amount.BaseUnits);
        return statement.Bind(index, bytes);
    }

    public static SqliteStatement Bind(this SqliteStatement statement, int index, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Core.Merkle.Digest.SizeBytes];
        digest.WriteTo(bytes);
        return statement.Bind(index, bytes);
    }

    public static string Text(this SqliteStatement row, int column) => Encoding.UTF8.GetString(row.Blob(column));

    public static string? TextOrNull(this SqliteStatement row, int column) => row.IsNull(column) ? null : row.Text(column);

    public static long? Int64OrNull(this SqliteStatement row, int column) => row.IsNull(column) ? null : row.Int64(column);

    /// <summary>An amount; nothing stands for zero.</summary>
    public static TokenAmount Amount(this SqliteStatement row, int column) =>
        row.IsNull(column) ? TokenAmount.Zero : TokenAmount.FromBaseUnits(BinaryPrimitives.ReadUInt128BigEndian(row.Blob(column)));

    public static Digest Digest(this SqliteStatement row, int column) => Core.Merkle.Digest.FromBytes(row.Blob(column));
}
