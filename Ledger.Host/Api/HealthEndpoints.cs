using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.DayWindows;
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
        health.MapGet("/ready", IResult (LedgerHealth log, RewardLedger ledger) => log.Fault is { } fault ? NotReady(fault) : TypedResults.Json(Of(ledger.Gathering), ApiJson.Answers))
            .WithName("ready").WithSummary("The ledger takes requests; and which sealed window waits for its cluster, if one does.")
            .Produces<Readiness>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static ApiProblem NotReady(LogFaultException fault) => new(StatusCodes.Status503ServiceUnavailable, fault.Code, "the ledger's log cannot go on");

    /// <summary>A window that waits for its cluster keeps nothing from being taken, so it leaves the process ready.</summary>
    private static Readiness Of(Gathering? gathering) => new("ready", gathering is null ? null : new WaitingWindow(gathering.Window, gathering.Held, gathering.Count));

    /// <param name="Status"><c>live</c>.</param>
    private sealed record Health(string Status);

    /// <param name="Status"><c>ready</c>.</param>
    /// <param name="WaitsForCluster">The sealed window that waits for its cluster; null when none does.</param>
    private sealed record Readiness(string Status, WaitingWindow? WaitsForCluster);

    /// <param name="Window">The UTC day.</param>
    /// <param name="PartsHeld">How many of its parts are there.</param>
    /// <param name="PartCount">How many it has.</param>
    private sealed record WaitingWindow(Day Window, int PartsHeld, int PartCount);
}
