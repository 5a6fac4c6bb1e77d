using Ledger.Host.Security;

namespace Ledger.Host.Api;

/// <summary>The problems that any endpoint may answer with.</summary>
internal static class Problems
{
    public static ApiProblem KeyMissing { get; } = new(401, "key-missing", "no API key came with the request; send 'Authorization: Bearer KEY'");

    /// <summary>One answer for every wrong key: which part was wrong is nobody's business.</summary>
    public static ApiProblem KeyInvalid { get; } = new(401, "key-invalid", "the API key is none, unknown or revoked; ask the ledger's operator for a live one");

    public static ApiProblem Closed { get; } = new(403, "closed", "nobody may use this endpoint");

    public static ApiProblem RouteUnknown { get; } = new(404, "route-unknown", "there is nothing at this address; /openapi/v1.json lists what there is");

    public static ApiProblem MethodUnknown { get; } = new(405, "method-not-allowed", "the address does not take this method; see the Allow header");

    public static ApiProblem MediaTypeUnsupported { get; } = new(415, "media-type-unsupported", "the endpoint does not take this Content-Type, or not in this charset; /openapi/v1.json says which, and everything is UTF-8");

    public static ApiProblem SignatureMissing { get; } = new(401, "signature-missing", "this client signs what it writes, and the request carries no webhook-id, webhook-timestamp and webhook-signature");

    public static ApiProblem SignatureInvalid { get; } = new(401, "signature-invalid", "no signature of the request is right for its id, time and body, made with a live secret within five minutes");

    public static ApiProblem BatchTooLarge { get; } = new(413, "batch-too-large", $"more than {ApiLimits.BatchItemsMax} events; nothing was taken, send them in parts");

    /// <summary>The queue in front of the log is full.</summary>
    public static ApiProblem Busy { get; } = new(503, "busy", "more is being sent than the ledger can hold at once; nothing was taken, try again", TimeSpan.FromSeconds(1));

    public static ApiProblem BodyTooSlow(TimeSpan within) => new(408, "body-too-slow", $"the body did not come within {within.TotalSeconds:0} s; nothing was taken");

    public static ApiProblem BodyTooLarge(long bytesMax) => new(413, "body-too-large", $"the body is larger than {bytesMax} bytes; send it in parts");

    public static ApiProblem ScopeMissing(IReadOnlyList<Scope> anyOf) =>
        new(403, "scope-missing", $"the key has none of {string.Join(", ", anyOf)}; use one that has");

    public static ApiProblem RateLimited(TimeSpan wait) => new(429, "rate-limited", "the client sends more than its keys allow; wait as Retry-After says", wait);

    /// <summary>What was asked for does not exist.</summary>
    public static ApiProblem NotFound(string code, string detail) => new(404, code, detail);

    /// <summary>The request makes no sense, whatever the ledger holds.</summary>
    public static ApiProblem Malformed(string code, string detail) => new(400, code, detail);

    /// <summary>The request makes sense, but not as the ledger stands.</summary>
    public static ApiProblem Refused(string code, string detail) => new(409, code, detail);
}
