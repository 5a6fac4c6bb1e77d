using Ledger.Core.Merkle;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Commits sealed blocks through the one writing connection.</summary>
internal sealed class BlockStore : IBlockStore
{
    /// <summary>Bytes of blocks in the write-ahead log before they are moved into the file: so few that they are moved before those who were just answered ask again.</summary>
    public const long DefaultCheckpointBytes = 1 << 20;

    private readonly SqliteConnection _connection;
    private readonly long _checkpointBytes;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _block;
    private readonly SqliteStatement _part;
    private readonly SqliteStatement _commit;
    private long _bytesAhead;

    public BlockStore(SqliteConnection connection, long checkpointBytes = DefaultCheckpointBytes)
    {
        (_connection, _checkpointBytes) = (connection, checkpointBytes);
        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _block = new SqliteStatement(connection, "INSERT INTO block (first_position, header, hash) VALUES (?1, ?2, ?3)");
        _part = new SqliteStatement(connection, "INSERT INTO part (key, bytes) VALUES (?1, ?2)");
        _commit = new SqliteStatement(connection, "COMMIT");
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<SealedBlock> blocks)
    {
        _begin.Run();
        try
        {
            Insert(blocks);
            _commit.Run();
            foreach (SealedBlock block in blocks) _bytesAhead += block.Header.PartBytes;
        }
        catch (SqliteException)
        {
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK"); // so that a repair need not wait for this process; the failure itself is what counts
            throw;
        }
    }

    /// <inheritdoc/>
    public void Checkpoint()
    {
        if (_bytesAhead < _checkpointBytes) return;
        int code = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code != raw.SQLITE_BUSY) SqliteException.ThrowExceptionForRC(code, _connection.Handle);
        _bytesAhead = 0;
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
                _part.Bind(1, LogFile.PartKey(block.Header.FirstPosition, (BlockPart)part)).Bind(2, block.Parts[part].Span).Run();
        }
    }
}
