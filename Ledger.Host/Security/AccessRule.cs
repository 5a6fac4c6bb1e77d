using Ledger.Host.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Security;

/// <summary>Who may use an endpoint. One without a rule is closed to everybody.</summary>
/// <param name="AnyOf">One of these permissions is enough; empty when no API key is asked for.</param>
/// <param name="Proof">What is asked for instead of an API key: gives why a request is not let in, or null.</param>
internal sealed record AccessRule(IReadOnlyList<Scope> AnyOf, Func<HttpContext, ApiProblem?>? Proof = null)
{
    public static AccessRule Public { get; } = new([]);

    /// <summary>Whether anybody may use the endpoint.</summary>
    public bool IsPublic => AnyOf.Count == 0 && Proof is null;

    /// <summary>Whether the endpoint changes anything.</summary>
    public bool Writes { get; } = AnyOf.Any(s => s.Verb == ScopeVerb.Write);
}

/// <summary>States access where an endpoint is mapped; works for gRPC services too.</summary>
internal static class AccessRules
{
    /// <summary>Asks for a live key with one of these permissions.</summary>
    public static T RequireScope<T>(this T endpoint, Scope first, params Scope[] others)
        where T : IEndpointConventionBuilder =>
        endpoint.RequireScope([first, .. others]);

    /// <inheritdoc cref="RequireScope{T}(T, Scope, Scope[])"/>
    public static T RequireScope<T>(this T endpoint, IReadOnlyList<Scope> anyOf)
        where T : IEndpointConventionBuilder
    {
        if (anyOf.Count == 0) throw new ArgumentException("say OpenToAll when no permission is asked for", nameof(anyOf));
        endpoint.Add(e => e.Metadata.Add(new AccessRule(anyOf)));
        return endpoint;
    }

    /// <summary>Asks for another proof than an API key, for callers that cannot hold one: a callback's secret, a viewer's token.</summary>
    public static T RequireProof<T>(this T endpoint, Func<HttpContext, ApiProblem?> proof)
        where T : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new AccessRule([], proof)));
        return endpoint;
    }

    /// <summary>Asks for nothing: health, documentation. Never for anything that writes or tells of accounts.</summary>
    public static T OpenToAll<T>(this T endpoint)
        where T : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(AccessRule.Public));
        return endpoint;
    }
}
