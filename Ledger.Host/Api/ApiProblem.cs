using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>Why a request was not done: <c>application/problem+json</c> (RFC 9457) with a stable code.</summary>
/// <param name="Status">HTTP's word for it.</param>
/// <param name="Code">Stable, kebab-case; programs decide by it. The closed set is in specs/api.md.</param>
/// <param name="Detail">What was found, and what to do.</param>
/// <param name="RetryAfter">When it is worth another try.</param>
internal sealed record ApiProblem(int Status, string Code, string Detail, TimeSpan? RetryAfter = null) : IResult
{
    public const string ContentType = "application/problem+json";

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (GrpcProblem.IsFor(httpContext)) return GrpcProblem.ExecuteAsync(httpContext, this);
        HttpResponse response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeAsync(response.Body, new { type = $"urn:weledger:problem:{Code}", status = Status, code = Code, detail = Detail }, ApiJson.Answers, httpContext.RequestAborted);
    }
}

/// <summary>Ends the handling of a request with a problem, from wherever it is found.</summary>
internal sealed class ApiProblemException(ApiProblem problem) : Exception($"{problem.Code}: {problem.Detail}")
{
    public ApiProblem Problem { get; } = problem;
}
