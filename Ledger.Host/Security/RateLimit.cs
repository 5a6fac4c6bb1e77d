namespace Ledger.Host.Security;

/// <summary>A client's two allowances, requests and events: each fills up evenly and holds at most one second's worth.</summary>
/// <remarks>A batch larger than a second's worth passes when the allowance is full and is paid off afterwards. Any thread.</remarks>
internal sealed class RateLimit(ApiClient client, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _requests = client.RequestsPerSecond;
    private double _events = client.EventsPerSecond;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes one request; otherwise says how long to wait.</summary>
    public bool TryTakeRequest(out TimeSpan wait)
    {
        lock (_gate)
        {
            Fill();
            return TryTake(ref _requests, 1, client.RequestsPerSecond, out wait);
        }
    }

    /// <summary>Takes events; otherwise says how long to wait.</summary>
    public bool TryTakeEvents(int count, out TimeSpan wait)
    {
        lock (_gate)
        {
            Fill();
            return TryTake(ref _events, count, client.EventsPerSecond, out wait);
        }
    }

    private static bool TryTake(ref double allowance, int count, int perSecond, out TimeSpan wait)
    {
        double needed = Math.Min(count, perSecond);
        if (allowance >= needed)
        {
            allowance -= count;
            wait = TimeSpan.Zero;
            return true;
        }

        wait = TimeSpan.FromSeconds((needed - allowance) / perSecond);
        return false;
    }

    private void Fill()
    {
        long now = clock.GetTimestamp();
        double seconds = clock.GetElapsedTime(_at, now).TotalSeconds;
        _at = now;
        _requests = Math.Min(client.RequestsPerSecond, _requests + (seconds * client.RequestsPerSecond));
        _events = Math.Min(client.EventsPerSecond, _events + (seconds * client.EventsPerSecond));
    }
}
