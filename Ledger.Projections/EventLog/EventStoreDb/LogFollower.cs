using Ledger.Core.Identity;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Keeps the index up to date with the log's stream, whoever appends to it, and publishes the head.</summary>
internal sealed class LogFollower : IAsyncDisposable
{
    private readonly ClusterStream _stream;
    private readonly Lock _gate = new();
    private readonly LogIndex _index = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _run = Task.CompletedTask;
    private LogFaultException? _fault;

    public LogFollower(ClusterStream stream) => _stream = stream;

    public HeadSignal Head { get; } = new(0);

    public NameTable Names => _index.Names;

    /// <summary>Reads the log from the beginning, then follows it.</summary>
    public async ValueTask StartAsync(CancellationToken cancel)
    {
        await ReadOnAsync(cancel);
        _run = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Reads what the stream holds beyond the index.</summary>
    public async ValueTask ReadOnAsync(CancellationToken cancel)
    {
        // Nobody waits for the events one by one, so the head is published once.
        try
        {
            await foreach (ReadMessage message in _stream.ReadAsync(Ask(index => index.NextRaw), long.MaxValue, ReadDirection.Forwards, cancel)) Take(message);
        }
        finally
        {
            lock (_gate) Publish();
        }
    }

    /// <summary>Asks the index, which does not move meanwhile.</summary>
    /// <exception cref="LogFaultException">The log was found damaged.</exception>
    public T Ask<T>(Func<LogIndex, T> question)
    {
        lock (_gate)
        {
            if (_fault is { } fault) throw fault;
            return question(_index);
        }
    }

    /// <summary>The cluster's revision of the event at a position below the head.</summary>
    /// <exception cref="LogFaultException">The log was found damaged.</exception>
    public long RawOf(long position)
    {
        lock (_gate) return _fault is { } fault ? throw fault : _index.RawOf(position);
    }

    /// <summary>Takes events that were appended from here.</summary>
    public void Take(IReadOnlyList<StoredEvent> stored)
    {
        lock (_gate)
        {
            foreach (StoredEvent e in stored) Change(e, static (index, one) => index.Take(one));
            Publish();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Head.End(new ObjectDisposedException(nameof(EventStoreDbLog)));
        await _closing.CancelAsync();
        await _run;
        _closing.Dispose();
    }

    private void Take(in ReadMessage message)
    {
        lock (_gate) Change(message, static (index, one) => index.Take(one));
    }

    private void Publish()
    {
        if (_fault is null && _index.Head > Head.Head) Head.Publish(_index.Head);
    }

    private void Change<T>(in T taken, Action<LogIndex, T> change)
    {
        if (_fault is { } fault) throw fault;
        try
        {
            change(_index, taken);
        }
        catch (LogFaultException e)
        {
            // What is behind damage is not to be trusted: nothing more is served or appended.
            _fault = e;
            Head.End(e);
            throw;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (ReadMessage message in _stream.FollowAsync(Ask(index => index.NextRaw) - 1, _closing.Token))
            {
                Take(message);
                lock (_gate) Publish();
            }
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            // Closed.
        }
        catch (LogFaultException e)
        {
            lock (_gate) _fault ??= e;
            Head.End(e);
        }
    }
}
