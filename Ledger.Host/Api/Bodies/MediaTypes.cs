using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ledger.Host.Api.Bodies;

/// <summary>What a body says it is.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";

    /// <summary>The one of these types that the body says it is, in UTF-8.</summary>
    /// <exception cref="ApiProblemException"><c>media-type-unsupported</c>.</exception>
    public static string Require(HttpContext context, params ReadOnlySpan<string> types)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? found) && (!found.Charset.HasValue || found.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            foreach (string type in types)
            {
                if (found.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)) return type;
            }
        }

        throw new ApiProblemException(Problems.MediaTypeUnsupported);
    }
}
