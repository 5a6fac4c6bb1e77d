namespace Ledger.Host.Adapters.Chat;

/// <summary>How often something may be done: evenly on average, some of it at once after a silence. Not for several threads at once.</summary>
/// <param name="every">The average distance.</param>
/// <param name="burst">How many at once.</param>
/// <param name="clock">The time.</param>
internal sealed class Allowance(TimeSpan every, int burst, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private TimeSpan _paidUntil; // the generic cell rate algorithm: what was done is paid for until then

    /// <summary>Whether nothing of it is used.</summary>
    public bool IsFull => _paidUntil <= clock.GetElapsedTime(_started);

    /// <summary>Takes one; otherwise says how long to wait.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        TimeSpan now = clock.GetElapsedTime(_started);
        TimeSpan paidUntil = (_paidUntil > now ? _paidUntil : now) + every;
        wait = paidUntil - now - (every * burst);
        if (wait > TimeSpan.Zero) return false;
        _paidUntil = paidUntil;
        return true;
    }
}
