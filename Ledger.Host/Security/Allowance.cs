namespace Ledger.Host.Security;

/// <summary>How often something may be done: evenly on average, some of it at once after a silence. Not for several threads at once.</summary>
/// <param name="count">How many on average.</param>
/// <param name="within">In which time.</param>
/// <param name="burst">How many at once.</param>
/// <param name="clock">The time.</param>
internal sealed class Allowance(int count, TimeSpan within, int burst, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private TimeSpan _paidUntil; // the generic cell rate algorithm: what was done is paid for until then

    /// <summary>Whether nothing of it is used.</summary>
    public bool IsFull => _paidUntil <= clock.GetElapsedTime(_started);

    /// <summary>Takes some; otherwise says how long to wait. More than a burst passes when nothing is used, and is paid off afterwards.</summary>
    public bool TryTake(int some, out TimeSpan wait)
    {
        TimeSpan now = clock.GetElapsedTime(_started);
        TimeSpan from = _paidUntil > now ? _paidUntil : now;
        wait = from + Cost(Math.Min(some, burst)) - now - Cost(burst);
        if (wait > TimeSpan.Zero) return false;
        wait = TimeSpan.Zero;
        _paidUntil = from + Cost(some);
        return true;
    }

    private TimeSpan Cost(int some) => new((long)((Int128)within.Ticks * some / count));
}
