namespace Ledger.Host.Security;

/// <summary>A client's two allowances, requests and events: each holds at most one second's worth. Any thread.</summary>
internal sealed class RateLimit(ApiClient client, TimeProvider clock)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Allowance _requests = new(client.RequestsPerSecond, Second, client.RequestsPerSecond, clock);
    private readonly Allowance _events = new(client.EventsPerSecond, Second, client.EventsPerSecond, clock);

    /// <summary>Takes one request; otherwise says how long to wait.</summary>
    public bool TryTakeRequest(out TimeSpan wait)
    {
        lock (_gate) return _requests.TryTake(1, out wait);
    }

    /// <summary>Takes events; otherwise says how long to wait.</summary>
    public bool TryTakeEvents(int count, out TimeSpan wait)
    {
        lock (_gate) return _events.TryTake(count, out wait);
    }
}
