using System.Security.Cryptography;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Ledger.Projections.DayWindows;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Contents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters.Watching;

/// <summary>The section <c>watching</c> of the settings file.</summary>
/// <param name="TokenMinutes">How long a view may take beyond twice the video's length.</param>
internal sealed record WatchingSettings(int TokenMinutes = 60);

/// <summary>Views that players attest by heartbeats, instead of seconds that somebody claims.</summary>
internal sealed class WatchingAdapter : IAdapter
{
    /// <summary>How often a player is asked to send a heartbeat: a third of the silence that is forgiven.</summary>
    private const int HeartbeatSeconds = (int)(WatchBook.GapMsMax / 3_000);

    private const int TokenMinutesMax = 1_440;

    private static readonly ApiProblem TokenInvalid = new(401, "view-token-invalid", "no view token of this ledger came with the request; send 'Authorization: Bearer TOKEN'");
    private static readonly ApiProblem TokenExpired = new(401, "view-token-expired", "the view's time is over; ask for a new token");
    private static readonly ApiProblem ViewOver = new(409, "view-over", "the view is over; a new one needs a new token");

    private readonly WatchingSettings _settings;
    private readonly AdapterContext _context;
    private readonly WatchStore _store;
    private readonly WatchEngine _engine;
    private readonly TokenSigner _tokens;

    private WatchingAdapter(WatchingSettings settings, AdapterContext context)
    {
        (_settings, _context) = (settings, context);
        _store = new WatchStore(context.Folder);
        _tokens = ViewToken.Signer(_store.Key());
        _engine = new WatchEngine(context, _store);
        context.Meter.CreateObservableGauge("weledger.watching.views", () => _engine.Views, null, "Views that are remembered");
    }

    public static AdapterKind Kind { get; } = AdapterKind.Of<WatchingSettings>("watching", (settings, context) => settings.TokenMinutes is > 0 and <= TokenMinutesMax
        ? new WatchingAdapter(settings, context)
        : throw new FormatException($"watching-settings-out-of-range: tokenMinutes is {settings.TokenMinutes}; give 1 to {TokenMinutesMax}"));

    /// <inheritdoc/>
    public string Name => Kind.Name;

    /// <inheritdoc/>
    public AdapterHealth Health => AdapterHealth.Up;

    private long NowMs => _context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder views = routes.MapGroup("/v1/views").WithTags("watching");
        Func<HttpContext, Task<IResult>> begin = BeginAsync;
        Func<HttpContext, Task<IResult>> beat = BeatAsync;
        views.MapPost("/", begin).RequireScope(Scope.Write(ScopeSource.Activity)).WithName("begin-view").WithSummary("Makes a token for a player that an account is about to watch a video in.")
            .Accepts<ViewRequest>("application/json").Produces<ViewAnswer>(StatusCodes.Status201Created);
        views.MapPost("/beat", beat).RequireProof(Check).WithName("beat").WithSummary("A player's heartbeat, with its view token in place of a key.")
            .Accepts<BeatRequest>("application/json").Produces<BeatResponse>();
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancel) => _engine.RunAsync(cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IResult> BeginAsync(HttpContext context)
    {
        ViewRequest request = await context.JsonAsync<ViewRequest>();
        (AccountId account, ContentId content) = (RouteIds.Account(request.Account), RouteIds.Content(request.Content));
        if ((SecondsOf(content) ?? await PublishedJustNowAsync(content, context.RequestAborted)) is not { } seconds) return Problems.NotFound("unknown-content", $"there is no video '{request.Content}' to be watched");
        Span<byte> id = stackalloc byte[EventId.SizeBytes];
        RandomNumberGenerator.Fill(id);
        long now = NowMs;
        ViewToken token = new(EventId.FromBytes(id), now, now + (seconds * 2_000L) + (_settings.TokenMinutes * 60_000L), seconds, account, content);
        return TypedResults.Json(new ViewAnswer(token.Sign(_tokens), UnixMs.From(token.ExpiresMs).ToString(), HeartbeatSeconds), ApiJson.Answers, statusCode: StatusCodes.Status201Created);
    }

    private async Task<IResult> BeatAsync(HttpContext context)
    {
        ViewToken token = context.Features.Get<ViewToken>()!;
        BeatRequest request = await context.JsonAsync<BeatRequest>();
        PlayerState? state = request.State switch
        {
            "playing" => PlayerState.Playing,
            "paused" => PlayerState.Paused,
            "ended" => PlayerState.Ended,
            _ => null,
        };
        if (state is not { } said) return Problems.Malformed("state-unknown", "a player is playing, paused or ended");
        BeatAnswer answer = await _engine.BeatAsync(token, said);
        if (answer == BeatAnswer.Busy) return Problems.Busy;
        return answer == BeatAnswer.Over ? ViewOver : TypedResults.Json(new BeatResponse(answer.WatchedMs / 1_000, answer.IsOver), ApiJson.Answers);
    }

    private uint? SecondsOf(ContentId content)
    {
        using ViewReader reader = _context.Session.Views!.Read();
        return reader.Content(content) is { DeletedAt: null, DurationSeconds: { } seconds } ? seconds : null;
    }

    /// <summary>The views follow the log: what they do not know yet may stand there, also behind a seal whose window waits.</summary>
    private async Task<uint?> PublishedJustNowAsync(ContentId content, CancellationToken cancel)
    {
        RewardLedger ledger = _context.Session.Ledger;
        await ledger.CatchUpAsync(null, cancel);
        return SecondsOf(content) ?? (ledger.Gathering is { } gathering ? throw new WindowWaitsForClusterException(gathering) : null);
    }

    private ApiProblem? Check(HttpContext context)
    {
        const string Bearer = "Bearer ";
        string credentials = context.Request.Headers.Authorization.ToString();
        if (!credentials.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || ViewToken.Verify(credentials.AsSpan(Bearer.Length), _tokens) is not { } token) return TokenInvalid;
        if (token.ExpiresMs <= NowMs) return TokenExpired;
        context.Features.Set(token);
        return null;
    }

    internal sealed record ViewRequest(string Account, string Content);

    /// <param name="Token">What the player sends with every heartbeat.</param>
    /// <param name="ExpiresAt">When it is of no use any more.</param>
    /// <param name="HeartbeatSeconds">How often.</param>
    internal sealed record ViewAnswer(string Token, string ExpiresAt, int HeartbeatSeconds);

    internal sealed record BeatRequest(string State);

    /// <param name="WatchedSeconds">What the ledger attests so far.</param>
    /// <param name="Over">Whether the view is over, by the player's word or because all of it was watched.</param>
    internal sealed record BeatResponse(long WatchedSeconds, bool Over);
}
