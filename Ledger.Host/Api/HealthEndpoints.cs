using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.EventLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Whether the process is alive, and whether it takes requests.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/health").WithTags("health").OpenToAll();
        health.MapGet("/live", () => TypedResults.Json(new Health("live"), ApiJson.Answers))
            .WithName("live").WithSummary("The process is alive.");
        health.MapGet("/ready", IResult (LedgerHealth ledger) => ledger.Fault is { } fault ? NotReady(fault) : TypedResults.Json(new Health("ready"), ApiJson.Answers))
            .WithName("ready").WithSummary("The ledger takes requests.")
            .Produces<Health>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static ApiProblem NotReady(LogFaultException fault) => new(StatusCodes.Status503ServiceUnavailable, fault.Code, "the ledger's log cannot go on");

    /// <param name="Status"><c>live</c> or <c>ready</c>.</param>
    private sealed record Health(string Status);
}
