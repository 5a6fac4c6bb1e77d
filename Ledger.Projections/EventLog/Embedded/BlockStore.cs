using Ledger.Core.Merkle;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Commits sealed blocks through the one writing connection.</summary>
internal sealed class BlockStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _block;
    private readonly SqliteStatement _part;
    private readonly SqliteStatement _commit;

    public BlockStore(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _block = new SqliteStatement(connection, "INSERT INTO block (first_position, header, hash) VALUES (?1, ?2, ?3)");
        _part = new SqliteStatement(connection, "INSERT INTO part (key, bytes) VALUES (?1, ?2)");
        _commit = new SqliteStatement(connection, "COMMIT");
    }

    /// <summary>Stores the blocks all or nothing; returns when they are durable.</summary>
    public void Commit(IReadOnlyList<SealedBlock> blocks)
    {
        _begin.Run();
        try
        {
            Insert(blocks);
            _commit.Run();
        }
        catch (SqliteException)
        {
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK"); // so that a repair need not wait for this process; the failure itself is what counts
            throw;
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _block.Dispose();
        _part.Dispose();
        _commit.Dispose();
        _connection.Dispose();
    }

    private void Insert(IReadOnlyList<SealedBlock> blocks)
    {
        Span<byte> hash = stackalloc byte[Digest.SizeBytes];
        foreach (SealedBlock block in blocks)
        {
            block.Hash.WriteTo(hash);
            _block.Bind(1, block.Header.FirstPosition).Bind(2, block.HeaderBytes).Bind(3, hash).Run();
            for (int part = 0; part < BlockHeader.PartCount; part++)
                _part.Bind(1, LogFile.PartKey(block.Header.FirstPosition, (BlockPart)part)).Bind(2, block.Parts[part]).Run();
        }
    }
}
