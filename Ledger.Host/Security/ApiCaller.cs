using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Security;

/// <summary>Who makes the request at hand, proven by a live key.</summary>
/// <param name="KeyId">The key's public part.</param>
/// <param name="Client">Whose key it is.</param>
/// <param name="Limit">What the client has left.</param>
/// <param name="SigningSecrets">The client's live signing secrets.</param>
internal sealed record ApiCaller(string KeyId, ApiClient Client, RateLimit Limit, IReadOnlyList<byte[]> SigningSecrets)
{
    /// <summary>Whether the client has a permission.</summary>
    public bool May(Scope scope) => Client.Scopes.Has(scope);
}

/// <summary>Reads the caller of a request.</summary>
internal static class ApiCallers
{
    /// <summary>The caller. Only behind an endpoint with a scope is there one.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is public.</exception>
    public static ApiCaller Caller(this HttpContext context) =>
        context.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("a public endpoint has no caller");
}
