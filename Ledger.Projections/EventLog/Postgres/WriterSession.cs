using System.Globalization;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The writer's one connection: it holds the lock, sends one group at a time, and finds out what became of a group when the connection is lost.</summary>
internal sealed class WriterSession : IAsyncDisposable
{
    private const int AttemptsMax = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly PostgresAddress _address;
    private readonly PostgresOptions _options;
    private NpgsqlConnection _connection;

    private WriterSession(PostgresAddress address, PostgresOptions options, NpgsqlConnection connection) => (_address, _options, _connection) = (address, options, connection);

    /// <summary>This writer's fencing token.</summary>
    public long Fence { get; private set; }

    /// <summary>Connects, makes the tables where there are none, and becomes the writer.</summary>
    /// <exception cref="LogFaultException"><c>log-locked</c>: there is one. Else the server cannot be reached or used.</exception>
    public static async Task<WriterSession> OpenAsync(PostgresAddress address, PostgresOptions options, CancellationToken cancel)
    {
        NpgsqlConnection connection = address.Own();
        WriterSession session = new(address, options, connection);
        try
        {
            await connection.OpenAsync(cancel);
            await WriterLock.PrepareAsync(connection, address, cancel);
            if (!await WriterLock.TryTakeAsync(connection, address.Schema, cancel)) throw PostgresFaults.Locked(address);
            await PostgresSchema.EnsureAsync(connection, address.Schema, options.SegmentEvents, cancel);
            await session.RaiseFenceAsync(cancel);
            return session;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is NpgsqlException or IOException or InvalidOperationException) throw PostgresFaults.Of(address, e);
            throw;
        }
    }

    /// <summary>Stores the group; returns when it is durable.</summary>
    /// <exception cref="LogFaultException">
    /// <c>writer-fenced</c>, <c>store-unreachable</c>, <c>store-failed</c>: it is not stored and never will be. <c>commit-unknown</c>: nobody can tell.
    /// </exception>
    public async Task CommitAsync(AppendGroup group)
    {
        bool commitSent = false;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using NpgsqlTransaction transaction = await _connection.BeginTransactionAsync();
                await GroupStatements.SendAsync(_connection, _address, group, Fence);
                commitSent = true;
                await transaction.CommitAsync();
                return;
            }
            catch (Exception e) when (IsLost(e))
            {
                if (await FindOutAsync(group, commitSent, e)) return;
                commitSent = false; // it is known now: not stored
            }
            catch (PostgresException e)
            {
                // The server itself said no, so nothing is stored. Deadlocks and the like pass; a group sent by a fenced writer collides with the other's.
                if (await HeadUnderFenceAsync() is not { } head || head != group.FirstPosition) throw PostgresFaults.Fenced(_address);
                if (attempt == AttemptsMax || !e.IsTransient) throw PostgresFaults.Of(_address, e);
            }
        }
    }

    /// <summary>Makes sure that this is still the writer.</summary>
    public async Task RequireFenceAsync()
    {
        try
        {
            if (await HeadUnderFenceAsync() is null) throw PostgresFaults.Fenced(_address);
        }
        catch (Exception e) when (IsLost(e))
        {
            await ReconnectAsync(commitSent: false, e);
        }
    }

    /// <summary>Gives the lock back, so that the next writer need not wait until the server has ended the session.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection.State == System.Data.ConnectionState.Open) await WriterLock.GiveBackAsync(_connection, _address.Schema);
        }
        catch (Exception e) when (IsLost(e) || e is PostgresException)
        {
            // The session has ended, and the lock with it.
        }

        await _connection.DisposeAsync();
    }

    private static bool IsLost(Exception e) => PostgresFaults.IsLost(e) || e is InvalidOperationException; // Npgsql: the connection is not open any more

    private async Task RaiseFenceAsync(CancellationToken cancel)
    {
        await using NpgsqlCommand raise = new(
            $"""
            UPDATE {_address.Schema}.log_state s SET fence = fence + 1, writer_pid = a.pid, writer_started = a.backend_start
            FROM pg_stat_activity a WHERE a.pid = pg_backend_pid() RETURNING s.fence
            """,
            _connection);
        Fence = (long)(await raise.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Whether the group was stored, seen from a new session that nothing of the old one can follow.</summary>
    private async Task<bool> FindOutAsync(AppendGroup group, bool commitSent, Exception lost)
    {
        long? head = await ReconnectAsync(commitSent, lost);
        if (head == group.EndPosition) return true;
        if (head == group.FirstPosition) return false;
        if (head is null && commitSent && await IsStoredAsync(group)) return true; // another writer has taken over since
        throw PostgresFaults.Fenced(_address);
    }

    /// <summary>Connects anew and takes the lock, which shows that the old session has ended with all it sent. The head, or null when another writer took over.</summary>
    private async Task<long?> ReconnectAsync(bool commitSent, Exception lost)
    {
        Exception last = lost;
        long start = Environment.TickCount64;
        do
        {
            await _connection.DisposeAsync();
            _connection = _address.Own();
            try
            {
                await _connection.OpenAsync();
                await WriterLock.PrepareAsync(_connection, _address, CancellationToken.None);
                if (await HeadUnderFenceAsync() is null) return null;
                if (await WriterLock.TryTakeAsync(_connection, _address.Schema, CancellationToken.None)) return await RenewAsync();
                await WriterLock.EndFormerAsync(_connection, _address.Schema, Fence, CancellationToken.None);
            }
            catch (Exception e) when (IsLost(e))
            {
                last = e;
            }
            catch (PostgresException e)
            {
                throw commitSent ? PostgresFaults.Unknown(_address, e) : PostgresFaults.Of(_address, e);
            }

            await Task.Delay(Pause);
        }
        while (Environment.TickCount64 - start < _options.AwayMax.TotalMilliseconds);

        throw commitSent ? PostgresFaults.Unknown(_address, last) : PostgresFaults.Of(_address, last);
    }

    private async Task<long?> HeadUnderFenceAsync()
    {
        await using NpgsqlCommand ask = new(string.Create(CultureInfo.InvariantCulture, $"SELECT head FROM {_address.Schema}.log_state WHERE fence = {Fence}"), _connection);
        return await ask.ExecuteScalarAsync() as long?;
    }

    private async Task<long?> RenewAsync()
    {
        await using NpgsqlCommand renew = new(
            string.Create(CultureInfo.InvariantCulture, $"""
                UPDATE {_address.Schema}.log_state s SET writer_pid = a.pid, writer_started = a.backend_start
                FROM pg_stat_activity a WHERE a.pid = pg_backend_pid() AND s.fence = {Fence} RETURNING s.head
                """),
            _connection);
        return await renew.ExecuteScalarAsync() as long?;
    }

    private async Task<bool> IsStoredAsync(AppendGroup group)
    {
        try
        {
            await using NpgsqlCommand ask = new(
                string.Create(CultureInfo.InvariantCulture, $"SELECT EXISTS (SELECT FROM {_address.Schema}.append_group WHERE first_position = {group.FirstPosition} AND fence = {Fence})"), _connection);
            return await ask.ExecuteScalarAsync() is true;
        }
        catch (Exception e) when (IsLost(e) || e is PostgresException)
        {
            throw PostgresFaults.Unknown(_address, e);
        }
    }
}
