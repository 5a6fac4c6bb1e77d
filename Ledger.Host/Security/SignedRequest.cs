using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Security;

/// <summary>The proof that the request at hand was signed by its client.</summary>
/// <param name="Id">The <c>webhook-id</c>: the same for every try of one request.</param>
internal sealed record SignedRequest(string Id)
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>Checks the signature of a request whose client signs what it writes; null when it is right.</summary>
    public static async ValueTask<ApiProblem?> CheckAsync(HttpContext context, ApiCaller caller, TimeProvider clock)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string id = headers[IdHeader].ToString();
        if (id.Length == 0) return Problems.SignatureMissing;
        ReadOnlyMemory<byte> body = await context.WireBodyAsync();
        if (!WebhookSignature.Verify(caller.SigningSecrets, id, headers[TimestampHeader].ToString(), headers[SignatureHeader].ToString(), body.Span, clock.GetUtcNow())) return Problems.SignatureInvalid;
        context.Features.Set(new SignedRequest(id));
        return null;
    }
}
