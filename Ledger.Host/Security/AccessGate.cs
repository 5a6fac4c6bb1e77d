using System.Text;
using Ledger.Host.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Security;

/// <summary>Lets a request through to its endpoint only with a live key that has the permission, within the client's rate.</summary>
internal sealed class AccessGate(RequestDelegate next, KeyRing keys)
{
    /// <summary>Longest <c>Authorization</c> worth reading.</summary>
    private const int CredentialsMax = 512;

    public Task InvokeAsync(HttpContext context)
    {
        // What is no route is routing's own refusal: no such method, no such media type.
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return next(context);
        ApiProblem? problem = endpoint.Metadata.GetMetadata<AccessRule>() switch
        {
            null => Problems.Closed,
            { IsPublic: true } => null,
            var rule => Admit(context, rule),
        };
        return problem is null ? next(context) : problem.ExecuteAsync(context);
    }

    private ApiProblem? Admit(HttpContext context, AccessRule rule)
    {
        string credentials = context.Request.Headers.Authorization.ToString();
        if (credentials.Length == 0) return Problems.KeyMissing;
        if (!TryReadKey(credentials, out ApiKey? key) || keys.Find(key!) is not { } caller) return Problems.KeyInvalid;
        if (!rule.AnyOf.Any(caller.May)) return Problems.ScopeMissing(rule.AnyOf);
        if (!caller.Limit.TryTakeRequest(out TimeSpan wait)) return Problems.RateLimited(wait);
        context.Features.Set(caller);
        return null;
    }

    /// <summary><c>Bearer KEY</c>, or <c>Basic</c> with the key as the password, whatever the user's name: what EventStoreDB's clients can send.</summary>
    private static bool TryReadKey(string credentials, out ApiKey? key)
    {
        key = null;
        if (credentials.Length > CredentialsMax) return false;
        if (credentials.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return ApiKey.TryParse(credentials.AsSpan(7).Trim(), out key);
        if (!credentials.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return false;
        Span<byte> bytes = stackalloc byte[CredentialsMax];
        if (!Convert.TryFromBase64String(credentials[6..].Trim(), bytes, out int size)) return false;
        string pair = Encoding.UTF8.GetString(bytes[..size]);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && ApiKey.TryParse(pair.AsSpan(colon + 1), out key);
    }
}
