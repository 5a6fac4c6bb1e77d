namespace Ledger.Projections.Ingest;

/// <summary>Lets many submissions through together, or one change of the windows alone. A change goes before every submission that came after it.</summary>
/// <remarks>
/// The wait for a turn is never longer than what holds the gate, an append or a window's opening, so it cannot be cancelled: a turn that was
/// granted to nobody would block everybody for ever.
/// </remarks>
internal sealed class IntakeGate
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _alone = new();
    private readonly List<TaskCompletionSource> _together = [];
    private int _inside; // submissions inside; −1 when a change is

    /// <summary>Waits until no change is inside or was asked for.</summary>
    public ValueTask EnterTogetherAsync()
    {
        lock (_lock)
        {
            if (_inside >= 0 && _alone.Count == 0)
            {
                _inside++;
                return ValueTask.CompletedTask;
            }

            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _together.Add(turn);
            return new ValueTask(turn.Task);
        }
    }

    public void LeaveTogether()
    {
        TaskCompletionSource? next = null;
        lock (_lock)
        {
            if (--_inside == 0 && _alone.TryDequeue(out next)) _inside = -1;
        }

        next?.SetResult();
    }

    /// <summary>Waits until nobody is inside.</summary>
    public ValueTask EnterAloneAsync()
    {
        lock (_lock)
        {
            if (_inside == 0)
            {
                _inside = -1;
                return ValueTask.CompletedTask;
            }

            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _alone.Enqueue(turn);
            return new ValueTask(turn.Task);
        }
    }

    public void LeaveAlone()
    {
        TaskCompletionSource[] next;
        lock (_lock)
        {
            // Submissions that waited go first now, or a row of changes would starve them.
            if (_together.Count > 0)
            {
                next = [.. _together];
                _together.Clear();
                _inside = next.Length;
            }
            else if (_alone.TryDequeue(out TaskCompletionSource? change))
            {
                next = [change];
            }
            else
            {
                next = [];
                _inside = 0;
            }
        }

        foreach (TaskCompletionSource turn in next) turn.SetResult();
    }
}
