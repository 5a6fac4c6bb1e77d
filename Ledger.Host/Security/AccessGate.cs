using System.Text;
using Ledger.Host.Api;
using Ledger.Host.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Security;

/// <summary>Lets a request through to its endpoint only with a live key that has the permission, within the client's rate, or with the proof that the endpoint asks for instead.</summary>
internal sealed class AccessGate(RequestDelegate next, KeyRing keys, TimeProvider clock, LedgerMetrics metrics, ILogger<AccessGate> logger)
{
    /// <summary>Longest <c>Authorization</c> worth reading.</summary>
    private const int CredentialsMax = 512;

    public async Task InvokeAsync(HttpContext context)
    {
        // What is no route is routing's own refusal: no such method, no such media type.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        ApiProblem? problem = endpoint.Metadata.GetMetadata<AccessRule>() switch
        {
            null => Problems.Closed,
            { IsPublic: true } => null,
            { Proof: { } proof } => proof(context),
            var rule => await AdmitAsync(context, rule),
        };
        if (problem is null)
        {
            await next(context);
            return;
        }

        metrics.Denied(problem.Code);
        if (logger.IsEnabled(LogLevel.Information))
            logger.LogInformation("{Method} {Path} denied: {Code}, from {Remote}, key {Key}", context.Request.Method, endpoint.RoutePattern.RawText, problem.Code, context.Connection.RemoteIpAddress, context.Features.Get<ApiCaller>()?.KeyId);
        await problem.ExecuteAsync(context);
    }

    private async ValueTask<ApiProblem?> AdmitAsync(HttpContext context, AccessRule rule)
    {
        string credentials = context.Request.Headers.Authorization.ToString();
        if (credentials.Length == 0) return Problems.KeyMissing;
        if (!TryReadKey(credentials, out ApiKey? key) || keys.Find(key!) is not { } caller) return Problems.KeyInvalid;
        context.Features.Set(caller);
        if (!rule.AnyOf.Any(caller.May)) return Problems.ScopeMissing(rule.AnyOf);
        if (!caller.Limit.TryTakeRequest(out TimeSpan wait)) return Problems.RateLimited(wait);
        return rule.Writes && caller.Client.Signs ? await SignedRequest.CheckAsync(context, caller, clock) : null;
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
