using System.Diagnostics;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Api.Ingest;
using Ledger.Host.Security;
using Ledger.Host.Telemetry;
using Ledger.Projections.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>The way in for producers: events, judged one by one, answered when what was taken is durable.</summary>
internal static class EventsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/events", SubmitAsync)
        .WithTags("events").WithName("submitEvents")
        .WithSummary("Submits one event, a JSON array of events, or NDJSON; a verdict for every item, in order.")
        .Accepts<EventForm>(MediaTypes.Json, MediaTypes.NdJson)
        .Produces<Verdicts>()
        .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(429).ProducesProblem(503)
        .RequireScope(KindScopes.Any);

    private static async Task SubmitAsync(HttpContext context, EventIntake intake, LedgerMetrics metrics, bool? dryRun)
    {
        bool isNdJson = MediaTypes.Require(context, MediaTypes.Json, MediaTypes.NdJson) == MediaTypes.NdJson;
        ReadOnlyMemory<byte> body = await context.BodyAsync();
        ApiCaller caller = context.Caller();
        using EventBatch batch = EventBatch.Read(body, isNdJson, caller);
        if (!caller.Limit.TryTakeEvents(batch.Count, out TimeSpan wait)) throw new ApiProblemException(Problems.RateLimited(wait));

        bool isDryRun = dryRun ?? false;
        using Activity? span = LedgerTraces.Source.StartActivity(isDryRun ? "events.check" : "events.append");
        span?.SetTag("weledger.client", caller.Client.Name).SetTag("weledger.events", batch.Count);
        long started = Stopwatch.GetTimestamp();

        // From here on nothing is cut short: whether the client waits for the answer or not, a request is one submission.
        IntakeOutcome[] outcomes = batch.OfItems(isDryRun ? await intake.CheckAsync(batch.Events) : await intake.SubmitAsync(batch.Events));
        int[] counts = VerdictWriter.Count(outcomes);
        if (!isDryRun) metrics.Submitted(counts, Stopwatch.GetElapsedTime(started));
        context.Response.ContentType = MediaTypes.Json;
        VerdictWriter.Write(context.Response.BodyWriter, outcomes, counts, isDryRun);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>An event as a producer states it; further members are the fields of its kind (specs/events.md).</summary>
    /// <param name="Id">A UUID; the same id is the same event, for ever.</param>
    /// <param name="Kind">Such as <c>liked</c>.</param>
    /// <param name="V">The kind's version.</param>
    /// <param name="OccurredAt">RFC 3339, to the millisecond.</param>
    private sealed record EventForm(string Id, string Kind, int V, string OccurredAt);

    /// <summary>What became of a request.</summary>
    private sealed record Verdicts(bool DryRun, int Accepted, int CarriedForward, int Duplicates, int Refused, Verdict[] Items);

    /// <summary>What became of an item.</summary>
    /// <param name="Status"><c>accepted</c>, <c>carried-forward</c>, <c>duplicate</c> or <c>refused</c>.</param>
    /// <param name="Position">Its place in the log, unless it was refused.</param>
    /// <param name="Code">Why it was refused.</param>
    /// <param name="Field">The field at fault.</param>
    /// <param name="Detail">What was found and what is expected.</param>
    private sealed record Verdict(string Status, long? Position, string? Code, string? Field, string? Detail);
}
