namespace Ledger.Projections.EventLog;

/// <summary>The published head of a log: readers read it, subscribers wait for it to move.</summary>
public sealed class HeadSignal(long head)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _head = head;
    private Exception? _end;

    /// <summary>Events published.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Publishes a higher head.</summary>
    public void Publish(long head)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            Volatile.Write(ref _head, head);
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.TrySetResult();
    }

    /// <summary>No head will follow: who waits, now or later, gets <paramref name="reason"/>.</summary>
    public void End(Exception reason)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = reason;
            _moved.TrySetException(reason);
        }
    }

    /// <summary>Waits until the head is above <paramref name="position"/> and returns it.</summary>
    public async ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_head > position) return _head;
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancel);
        }
    }
}
