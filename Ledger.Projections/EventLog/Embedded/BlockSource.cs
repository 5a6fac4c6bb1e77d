using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ledger.Core.Merkle;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Fetches blocks and verifies what it fetches; remembers the first damage and serves nothing from there on.</summary>
/// <remarks>Each use rents a reader with its own read-only connection, so members may be called from any thread.</remarks>
internal sealed class BlockSource(string directory) : IDisposable
{
    private readonly ConcurrentBag<BlockReader> _idle = [];
    private readonly Lock _gate = new();
    private LogFaultException? _damage;
    private long _damagedFrom = long.MaxValue;
    private bool _disposed;

    /// <summary>Lends a reader until it is given back.</summary>
    public BlockReader Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _idle.TryTake(out BlockReader? reader) ? reader : Guarded(0, () => new BlockReader(this, LogFile.OpenReader(directory)));
    }

    public void Return(BlockReader reader)
    {
        _idle.Add(reader);
        if (_disposed) Drain();
    }

    public void Dispose()
    {
        _disposed = true;
        Drain();
    }

    /// <summary>Throws when damage was found at or before <paramref name="position"/>.</summary>
    public void RequireSound(long position)
    {
        if (position < Volatile.Read(ref _damagedFrom)) return;
        lock (_gate) throw new LogFaultException(_damage!.Code, _damage.Message[(_damage.Code.Length + 2)..], _damage);
    }

    /// <summary>Runs a read of the block at <paramref name="position"/> and turns every sign of damage into one fault, remembered.</summary>
    public T Guarded<T>(long position, Func<T> read)
    {
        RequireSound(position);
        try
        {
            return read();
        }
        catch (LogFaultException e)
        {
            throw Remember(position, e);
        }
        catch (SqliteException e)
        {
            throw Remember(position, LogFaults.File(LogFile.PathIn(directory), e));
        }
        catch (Exception e) when (e is InvalidDataException or IndexOutOfRangeException or ArgumentException or FormatException or OverflowException)
        {
            throw Remember(position, LogFaults.Checksum(position, e.Message, e));
        }
    }

    private LogFaultException Remember(long position, LogFaultException fault)
    {
        lock (_gate)
        {
            if (position < _damagedFrom)
            {
                _damage = fault;
                Volatile.Write(ref _damagedFrom, position);
            }
        }

        return fault;
    }

    private void Drain()
    {
        while (_idle.TryTake(out BlockReader? reader)) reader.Dispose();
    }
}

/// <summary>One connection's view of the blocks.</summary>
internal sealed class BlockReader(BlockSource source, SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _at = new(connection, "SELECT first_position, header, hash FROM block WHERE first_position = ?1");
    private readonly SqliteStatement _atOrBefore = new(connection, "SELECT first_position, header, hash FROM block WHERE first_position <= ?1 ORDER BY first_position DESC LIMIT 1");
    private readonly SqliteStatement _part = new(connection, "SELECT bytes FROM part WHERE key = ?1");

    private readonly Zstd _zstd = new();
    private ActivityPart? _activity;

    /// <summary>Decoding buffers of this reader.</summary>
    public Zstd Zstd => _zstd;

    /// <summary>The block that starts at <paramref name="position"/>, which must follow <paramref name="previous"/> when that is given; null when there is none.</summary>
    public StoredBlock? TryAt(long position, Digest? previous) =>
        source.Guarded(position, () =>
        {
            StoredBlock? block = Header(_at.Bind(1, position));
            if (block is { } found && previous is { } hash && found.Header.Previous != hash) throw LogFaults.Chain(position, "it names another block as the one before");
            return block;
        });

    /// <summary>The same, where the log is known to go on.</summary>
    public StoredBlock At(long position, Digest? previous) =>
        TryAt(position, previous) ?? source.Guarded<StoredBlock>(position, () => throw LogFaults.Missing(position, "the log goes on behind it"));

    /// <summary>The block that holds the event at <paramref name="position"/>.</summary>
    public StoredBlock Holding(long position)
    {
        source.RequireSound(position);
        return source.Guarded(position, () =>
        {
            StoredBlock? block = Header(_atOrBefore.Bind(1, position));
            return block is { } found && position < found.Header.End ? found : throw LogFaults.Missing(position, "no block holds it");
        });
    }

    /// <summary>First position of the last block in the table, chained or not; null when there is none.</summary>
    public long? LastPosition() => source.Guarded<long?>(0, () =>
    {
        try
        {
            return _atOrBefore.Bind(1, long.MaxValue).Step() ? _atOrBefore.Int64(0) : null;
        }
        finally
        {
            _atOrBefore.Reset();
        }
    });

    /// <summary>Gives the verified bytes of a part to <paramref name="use"/>; they are valid only inside it.</summary>
    public T Part<T, TArgument>(BlockHeader header, BlockPart part, TArgument argument, PartUse<T, TArgument> use) =>
        source.Guarded(header.FirstPosition, () =>
        {
            try
            {
                if (!_part.Bind(1, LogFile.PartKey(header.FirstPosition, part)).Step()) throw LogFaults.Missing(header.FirstPosition, $"it has no {part} part");
                ReadOnlySpan<byte> bytes = _part.Blob(0);
                Span<byte> hash = stackalloc byte[Digest.SizeBytes];
                SHA256.HashData(bytes, hash);
                if (Digest.FromBytes(hash) != header.Parts[(int)part]) throw LogFaults.Checksum(header.FirstPosition, $"its {part} part does not match its checksum");
                return use(bytes, argument);
            }
            finally
            {
                _part.Reset();
            }
        });

    /// <summary>The block's columns, in buffers of this reader that its next call overwrites. Kinds that this build does not keep in columns are a fault.</summary>
    public ActivityPart Activity(BlockHeader header, bool withWindow, bool withLag)
    {
        _activity ??= new ActivityPart(_zstd);
        return Part(header, BlockPart.Activity, (_activity, header, withWindow, withLag), static (bytes, asked) =>
        {
            asked._activity.Decode(bytes, asked.header, asked.withWindow, asked.withLag);
            return asked._activity;
        });
    }

    public void Dispose()
    {
        _at.Dispose();
        _atOrBefore.Dispose();
        _part.Dispose();
        Zstd.Dispose();
        connection.Dispose();
    }

    private static StoredBlock? Header(SqliteStatement statement)
    {
        try
        {
            if (!statement.Step()) return null;
            long position = statement.Int64(0);
            BlockHeader header = BlockHeader.Verified(position, statement.Blob(1), statement.Blob(2));
            return new StoredBlock(header, Digest.FromBytes(statement.Blob(2)));
        }
        finally
        {
            statement.Reset();
        }
    }
}

/// <summary>Uses the bytes of a part.</summary>
internal delegate T PartUse<out T, in TArgument>(ReadOnlySpan<byte> bytes, TArgument argument);

/// <summary>A verified header with its hash.</summary>
internal readonly record struct StoredBlock(BlockHeader Header, Digest Hash);
