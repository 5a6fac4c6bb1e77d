using System.Globalization;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>A problem as gRPC's clients read it: a status in the headers of an answer without a body.</summary>
internal static class GrpcProblem
{
    private const string ContentType = "application/grpc";

    /// <summary>Whether the request is a gRPC call.</summary>
    public static bool IsFor(HttpContext context) => context.Request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true;

    public static Task ExecuteAsync(HttpContext context, ApiProblem problem)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        bool isDenied = problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden;
        response.Headers["grpc-status"] = ((int)StatusOf(problem.Status)).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString($"{problem.Code}: {problem.Detail}");
        response.Headers[WireNames.ExceptionTrailer] = isDenied ? WireNames.AccessDenied : problem.Code;
        return Task.CompletedTask;
    }

    private static StatusCode StatusOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => StatusCode.InvalidArgument,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => StatusCode.Unimplemented,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };
}
