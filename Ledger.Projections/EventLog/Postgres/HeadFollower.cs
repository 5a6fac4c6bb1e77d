using Ledger.Core.Identity;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Follows a log that another process writes: told by NOTIFY, and asking now and then in case word was lost.</summary>
internal sealed class HeadFollower : IAsyncDisposable
{
    private static readonly TimeSpan AskAtLeastEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly PostgresSource _source;
    private readonly NameTable _names;
    private readonly HeadSignal _head;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public HeadFollower(PostgresSource source, NameTable names, HeadSignal head)
    {
        (_source, _names, _head) = (source, names, head);
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (PostgresFaults.IsLost(e) || e is LogFaultException { Code: "store-unreachable" })
            {
                // Whoever waits goes on waiting; the server comes back, or the log is closed.
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (Exception e)
            {
                _head.End(PostgresFaults.Of(_source.Address, e));
                return;
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = _source.Address.Own();
        await connection.OpenAsync(cancel);
        await PostgresSchema.RunAsync(connection, $"LISTEN {GroupStatements.Channel(_source.Schema)}", cancel); // before asking: nothing falls between
        while (true)
        {
            LogState state = await LogState.ReadAsync(connection, _source.Address, cancel);
            if (state.Head > _head.Head)
            {
                await LogState.LoadNamesAsync(connection, _source.Schema, _names, state.Names, cancel); // a position that is published has its names
                _head.Publish(state.Head);
            }

            await connection.WaitAsync(AskAtLeastEvery, cancel);
        }
    }
}
