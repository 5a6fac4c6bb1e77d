using Ledger.Core.Events;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Connections for reading. A read that loses its connection is made again: what is read never changes.</summary>
internal sealed class PostgresSource(PostgresAddress address, PostgresOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _connections = address.Readers();
    private volatile bool _disposed;

    public PostgresAddress Address => address;

    public PostgresOptions Options => options;

    /// <summary>The schema's name, for SQL.</summary>
    public string Schema => address.Schema;

    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancel)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PostgresEventLog));
            try
            {
                await using NpgsqlConnection connection = await _connections.OpenConnectionAsync(cancel);
                return await read(connection);
            }
            catch (Exception e) when (MayTryAgain(e, start))
            {
                await Task.Delay(Pause, cancel);
            }
            catch (Exception e) when (Translated(e) is not null)
            {
                throw Translated(e)!;
            }
        }
    }

    public T Read<T>(Func<NpgsqlConnection, T> read)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PostgresEventLog));
            try
            {
                using NpgsqlConnection connection = _connections.OpenConnection();
                return read(connection);
            }
            catch (Exception e) when (MayTryAgain(e, start))
            {
                Thread.Sleep(Pause);
            }
            catch (Exception e) when (Translated(e) is not null)
            {
                throw Translated(e)!;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _connections.DisposeAsync();
    }

    private bool MayTryAgain(Exception e, long start) =>
        !_disposed && PostgresFaults.IsLost(e) && Environment.TickCount64 - start < options.AwayMax.TotalMilliseconds;

    private Exception? Translated(Exception e) => e switch
    {
        _ when _disposed && e is NpgsqlException or ObjectDisposedException => new ObjectDisposedException(nameof(PostgresEventLog)),
        EventFormatException format => PostgresFaults.Damaged(format.Code, format.Message, e),
        NpgsqlException or IOException => PostgresFaults.Of(address, e),
        InvalidDataException or ArgumentOutOfRangeException or OverflowException or FormatException => PostgresFaults.Damaged("row-damaged", e.Message, e),
        _ => null,
    };
}
