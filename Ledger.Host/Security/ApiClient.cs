using Ledger.Core.Identity;

namespace Ledger.Host.Security;

/// <summary>Somebody who holds keys: a backend, an adapter, an operator. Both keys of a rotation are the same client.</summary>
/// <param name="Name">Its name; the rule of identifiers. Lists, logs and idempotency keys are by it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="RequestsPerSecond">Requests it may make, on average over a second.</param>
/// <param name="EventsPerSecond">Events it may submit, on average over a second.</param>
/// <param name="Signs">Whether what it writes must be signed.</param>
internal sealed record ApiClient(string Name, ScopeSet Scopes, int RequestsPerSecond, int EventsPerSecond, bool Signs = false)
{
    public const int RequestsPerSecondDefault = 10_000;
    public const int EventsPerSecondDefault = 1_000_000;

    /// <exception cref="FormatException">The name is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate is below one.</exception>
    public static ApiClient Create(string name, ScopeSet scopes, int requestsPerSecond = RequestsPerSecondDefault, int eventsPerSecond = EventsPerSecondDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(requestsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(eventsPerSecond, 1);
        return new ApiClient(IdText.Require(name), scopes, requestsPerSecond, eventsPerSecond);
    }
}
