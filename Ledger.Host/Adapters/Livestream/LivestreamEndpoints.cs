using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Media servers' callbacks, and stream keys, tickets and broadcasts for the platform's programs.</summary>
internal static class LivestreamEndpoints
{
    public const string CallbackPath = "/adapters/livestream/callbacks";

    private const int TicketSecondsDefault = 3_600;
    private const int TicketSecondsMax = 86_400;
    private const int ListedMax = 200;

    public static void Map(IEndpointRouteBuilder routes, LivestreamEngine engine, CallbackAccess access)
    {
        routes.MapPost(CallbackPath, (HttpContext context, string server) => CallbackAsync(context, engine, server))
            .WithTags("livestream").WithName("livestream-callback").WithSummary("What a media server calls: nginx-rtmp by form posts, SRS by JSON.")
            .RequireProof(access.Check);

        RouteGroupBuilder live = routes.MapGroup("/v1/livestream").WithTags("livestream");
        live.MapPost("/keys", (Delegate)((HttpContext context) => IssueAsync(context, engine))).RequireScope(Scope.Write(ScopeSource.Spaces))
            .WithName("issue-stream-key").WithSummary("Issues a stream key of an account in a space: its first, or the second that replaces it. Shown once.")
            .Accepts<KeyForm>(MediaTypes.Json);
        live.MapDelete("/keys/{id}", (string id) => RevokeAsync(id, engine)).RequireScope(Scope.Write(ScopeSource.Spaces))
            .WithName("revoke-stream-key").WithSummary("Ends a stream key; a broadcast that runs with it ends at its next update.");
        live.MapGet("/keys", () => KeysAsync(engine)).RequireScope(Scope.Read(ScopeSource.Spaces))
            .WithName("stream-keys").WithSummary("Stream keys: everything but the keys themselves.");
        live.MapPost("/tickets", (HttpContext context, TimeProvider clock) => TicketAsync(context, engine, clock)).RequireScope(Scope.Write(ScopeSource.Live))
            .WithName("issue-play-ticket").WithSummary("Issues what a viewer's player sends so that its presence is counted.")
            .Accepts<TicketForm>(MediaTypes.Json);
        live.MapGet("/broadcasts", () => BroadcastsAsync(engine)).RequireScope(Scope.Read(ScopeSource.Spaces))
            .WithName("broadcasts").WithSummary("Broadcasts, latest first: minutes, viewers, time watched.");
    }

    private static async Task<IResult> CallbackAsync(HttpContext context, LivestreamEngine engine, string server)
    {
        MediaServer from = engine.Server(server) ?? throw new ApiProblemException(Problems.Malformed("media-server-unknown", $"the settings name no media server '{server}'"));
        MediaTypes.Require(context, from.Kind == MediaServerKind.Srs ? MediaTypes.Json : "application/x-www-form-urlencoded");
        ReadOnlyMemory<byte> body = await context.BodyAsync();
        if (body.Length > MediaCallback.BytesMax) throw new ApiProblemException(Problems.BodyTooLarge(MediaCallback.BytesMax));
        string? refusal;
        try
        {
            refusal = await engine.CallbackAsync(from, body);
        }
        catch (MediaCallbackException e)
        {
            throw new ApiProblemException(Problems.Malformed("callback-malformed", e.Message));
        }

        // SRS looks at the code in the body, nginx-rtmp at the status.
        if (from.Kind == MediaServerKind.Srs) return TypedResults.Json(new SrsAnswer(refusal is null ? 0 : StatusCodes.Status403Forbidden, refusal), ApiJson.Answers);
        return refusal is null ? TypedResults.Ok() : new ApiProblem(StatusCodes.Status403Forbidden, refusal, refusal == "bandwidth-exhausted"
            ? "the account has no broadcast minutes left; it buys some first"
            : "the stream key is none, revoked, or another space's");
    }

    private static async Task<IResult> IssueAsync(HttpContext context, LivestreamEngine engine)
    {
        KeyForm form = await context.JsonAsync<KeyForm>();
        (SpaceId space, AccountId account) = (RouteIds.Space(form.Space), RouteIds.Account(form.Account));
        try
        {
            StreamKey key = await engine.AskAsync((store, now) => store.Issue(space, account, now));
            return TypedResults.Json(new { id = key.Id, key = key.Text, space = space.Value, account = account.Value }, ApiJson.Answers, statusCode: StatusCodes.Status201Created);
        }
        catch (KeyRefusedException e)
        {
            return Problems.Refused(e.Message.Split(':')[0], e.Message);
        }
        catch (FormatException e)
        {
            return Problems.Malformed(e.Message.Split(':')[0], e.Message);
        }
    }

    private static async Task<IResult> RevokeAsync(string id, LivestreamEngine engine)
    {
        try
        {
            await engine.AskAsync((store, now) =>
            {
                store.Revoke(id, now);
                return 0;
            });
            return TypedResults.Json(new { revoked = id }, ApiJson.Answers);
        }
        catch (KeyNotFoundException)
        {
            return Problems.NotFound("stream-key-unknown", "there is no stream key of this id");
        }
    }

    private static async Task<IResult> KeysAsync(LivestreamEngine engine)
    {
        List<StoredStreamKey> keys = await engine.AskAsync((store, _) => store.Keys());
        return TypedResults.Json(new { items = keys.Select(k => new { k.Id, space = k.Space.Value, account = k.Account.Value, k.CreatedAt, k.RevokedAt }) }, ApiJson.Answers);
    }

    private static async Task<IResult> TicketAsync(HttpContext context, LivestreamEngine engine, TimeProvider clock)
    {
        TicketForm form = await context.JsonAsync<TicketForm>();
        (SpaceId space, AccountId account) = (RouteIds.Space(form.Space), RouteIds.Account(form.Account));
        int seconds = form.Seconds ?? TicketSecondsDefault;
        if (seconds is < 1 or > TicketSecondsMax) return Problems.Malformed("out-of-range", $"seconds is 1 to {TicketSecondsMax}");
        DateTimeOffset expires = clock.GetUtcNow().AddSeconds(seconds);
        return TypedResults.Json(new { ticket = PlayTicket.Of(engine.TicketSecret, space, account, expires), expires }, ApiJson.Answers, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> BroadcastsAsync(LivestreamEngine engine)
    {
        List<(LiveSession Session, UnixMs? EndedAt)> sessions = await engine.BroadcastsAsync(ListedMax);
        return TypedResults.Json(
            new
            {
                items = sessions.Select(s => new
                {
                    session = s.Session.Id,
                    s.Session.Server,
                    space = s.Session.Space.Value,
                    account = s.Session.Account.Value,
                    openedAt = s.Session.OpenedAt,
                    lastMediaAt = s.Session.LastFlow,
                    s.EndedAt,
                    s.Session.Minutes,
                    s.Session.PeakViewers,
                    watchSeconds = s.Session.WatchMs / 1_000,
                }),
            },
            ApiJson.Answers);
    }

    /// <param name="Space">Where is broadcast.</param>
    /// <param name="Account">Who broadcasts.</param>
    private sealed record KeyForm(string Space, string Account);

    /// <param name="Space">What is watched.</param>
    /// <param name="Account">Who watches.</param>
    /// <param name="Seconds">How long a player may begin with it; an hour when left out.</param>
    private sealed record TicketForm(string Space, string Account, int? Seconds = null);

    /// <param name="Code">0: yes.</param>
    /// <param name="Refusal">Why not.</param>
    private sealed record SrsAnswer(int Code, string? Refusal);
}
