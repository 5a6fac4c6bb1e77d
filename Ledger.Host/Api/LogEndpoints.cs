using System.Buffers;
using System.Globalization;
using Ledger.Core.Events;
using Ledger.Host.Cli;
using Ledger.Host.Security;
using Ledger.Projections.Audit;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Ledger.Host.Api;

/// <summary>Events as they stand in the log: by position, as they come, and one by one.</summary>
internal static class LogEndpoints
{
    public const int LimitMax = 10_000;
    public const int LimitDefault = 1_000;
    public const string NdjsonType = "application/x-ndjson";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder events = routes.MapGroup("/v1/events").WithTags("events").RequireScope(Scope.Read(ScopeSource.Log));
        events.MapGet("/", ReadAsync)
            .WithName("read-events").WithSummary("Events from a position on, as NDJSON, a page at a time; with 'Accept: text/event-stream' everything from there and then what comes.");
        events.MapGet("/{id}", FindAsync).WithName("event").WithSummary("One event and its place in the log.");
        events.MapGet("/{id}/explanation", ExplainAsync).WithName("event-explanation").WithSummary("What became of an activity event: its verdict and its account's window.");
        events.MapGet("/{id}/proof", ProveAsync).WithName("event-proof").WithSummary("A proof that an event was counted in its window's log.");
    }

    private static async Task<IResult> ReadAsync(HttpContext context, IEventLog log, IHostApplicationLifetime lifetime, TimeProvider clock, string? from, int limit = LimitDefault)
    {
        bool tail = context.Request.Headers.Accept.ToString().Contains(EventTail.ContentType, StringComparison.OrdinalIgnoreCase);
        string? last = context.Request.Headers["Last-Event-ID"];
        long start = tail && !string.IsNullOrEmpty(last) ? PositionOf(last) + 1 : string.IsNullOrEmpty(from) ? 0 : PositionOf(from);
        if (start > log.Head) return Problems.Malformed("position-unknown", $"the log ends before {start}");
        if (tail) return new EventTail(log, start, clock, lifetime.ApplicationStopping);
        if (limit is < 1 or > LimitMax) return Problems.Malformed("limit-malformed", $"limit is a number from 1 to {LimitMax}");

        ArrayBufferWriter<byte> lines = new(1 << 16);
        long next = start;
        using (JsonEventWriter json = new(lines))
        {
            await foreach (RecordedEvent e in log.ReadAllAsync(start, cancel: context.RequestAborted))
            {
                json.Write(e);
                next = e.Position + 1;
                if (next - start == limit) break;
            }
        }

        context.Response.Headers[ViewAnswer.PositionHeader] = next.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.Link = $"</v1/events?from={next}&limit={limit}>; rel=\"next\"";
        return TypedResults.Bytes(lines.WrittenMemory, NdjsonType);
    }

    private static async Task<IResult> FindAsync(HttpContext context, IEventLog log, string id)
    {
        if (await log.FindAsync(RouteIds.Event(id), context.RequestAborted) is not { } found) return Unknown(id);
        ArrayBufferWriter<byte> line = new(512);
        using (JsonEventWriter json = new(line)) json.Write(found);
        return TypedResults.Bytes(line.WrittenMemory, "application/json");
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, RewardLedger ledger, Recomputations turn, string id)
    {
        return await Recomputations.FoundAsync(async () =>
        {
            using IDisposable mine = await turn.TakeAsync(context.RequestAborted);
            EventExplanation story = await Explainer.EventAsync(ledger, RouteIds.Event(id), null, context.RequestAborted);
            return story.Account is null
                ? Problems.NotFound("not-activity", "the event is no activity and has no verdict")
                : ViewAnswer.Tagged(context, new { id, story.Event.Position, window = story.Event.Event.Window, story.Judged, account = ExplanationAnswer.Of(story.Account) });
        });
    }

    private static async Task<IResult> ProveAsync(HttpContext context, RewardLedger ledger, Recomputations turn, string id, bool statement = false)
    {
        using IDisposable mine = await turn.TakeAsync(context.RequestAborted);
        return Recomputations.Proof(await ProofBuilder.Over(ledger).EventAsync(RouteIds.Event(id), statement, context.RequestAborted));
    }

    private static ApiProblem Unknown(string id) => Problems.NotFound("unknown-event", $"no event {id} is in the log");

    private static long PositionOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long position) && position < long.MaxValue
        ? position
        : throw new ApiProblemException(Problems.Malformed("position-malformed", "a position of the log is a whole number from 0"));
}
