using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Adapters.Shares;

/// <summary>Links that people share on other platforms: who follows one is the sharer's visit, once per visitor and day.</summary>
internal sealed class SharesAdapter : IAdapter
{
    // "WELS"
    private const int ApplicationId = 0x57454c53;
    private const int Layout = 1;

    private readonly SharesSettings _settings;
    private readonly AdapterContext _context;
    private readonly OwnerDatabase _database;
    private readonly ShareVisits _visits;
    private readonly Counter<long> _counter;

    /// <exception cref="FormatException">The settings make no sense.</exception>
    public SharesAdapter(SharesSettings settings, AdapterContext context)
    {
        IPNetwork[] proxies = settings.Check();
        (_settings, _context) = (settings, context);
        _database = AdapterDatabase.Open(Path.Combine(context.Folder, "shares.db"), ApplicationId, Layout, AdapterSecret.Schema);
        _visits = new ShareVisits(AdapterSecret.Of(_database), proxies, context.Clock);
        _counter = context.Meter.CreateCounter<long>("weledger.shares.requests", "{request}", "Requests for share links, by platform and what they came to");
    }

    /// <summary>The adapter as the settings file names it.</summary>
    public static AdapterKind Kind { get; } = AdapterKind.Of<SharesSettings>("shares", (settings, context) => new SharesAdapter(settings, context));

    /// <inheritdoc/>
    public string Name => Kind.Name;

    /// <inheritdoc/>
    public AdapterHealth Health => AdapterHealth.Up;

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/shares", (Delegate)IssueAsync)
            .WithTags("shares").WithName("share-link").WithSummary("The link by which an account shares a video on a platform.")
            .Accepts<LinkRequest>(MediaTypes.Json).Produces<LinkAnswer>().ProducesProblem(400)
            .RequireScope(Scope.Write(ScopeSource.Activity));
        routes.MapPost("/v1/shares/visitors", (Delegate)VouchAsync)
            .WithTags("shares").WithName("share-visitor").WithSummary("A cookie by which the links know an account again.")
            .Accepts<VisitorRequest>(MediaTypes.Json).Produces<VisitorAnswer>().ProducesProblem(400)
            .RequireScope(Scope.Write(ScopeSource.Activity));
        routes.MapMethods("/s/{code}", ["GET", "HEAD"], VisitAsync)
            .WithTags("shares").WithName("share-visit").WithSummary("Sends a visitor to what was shared.")
            .Produces(StatusCodes.Status302Found).ProducesProblem(404)
            .RequireProof(context => _visits.Links.TryRead(context.Request.RouteValues["code"] as string, out _) ? null : Problems.NotFound("unknown-link", "there is no such link"));
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IResult> IssueAsync(HttpContext context)
    {
        LinkRequest request = await context.JsonAsync<LinkRequest>();
        if (!ShareLinks.Platforms.TryGetValue(request.Platform, out SharePlatform platform))
            return Problems.Malformed("platform-unknown", $"platform is one of {string.Join(", ", ShareLinks.Platforms.Keys)}");
        string code = _visits.Links.CodeOf(new ShareLink(new AccountId(RouteIds.Require(request.Account)), new ContentId(RouteIds.Require(request.Content)), platform));
        return TypedResults.Json(new LinkAnswer(code, _settings.LinkOf(code)), ApiJson.Answers);
    }

    private async Task<IResult> VouchAsync(HttpContext context)
    {
        VisitorRequest request = await context.JsonAsync<VisitorRequest>();
        TimeSpan life = TimeSpan.FromSeconds(request.Seconds);
        if (life < AccountTokens.LifeMin || life > AccountTokens.LifeMax)
            return Problems.Malformed("out-of-range", string.Create(CultureInfo.InvariantCulture, $"seconds is {AccountTokens.LifeMin.TotalSeconds} to {AccountTokens.LifeMax.TotalSeconds}"));
        (string text, AccountToken token) = _visits.Accounts.Issue(new AccountId(RouteIds.Require(request.Account)), life);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new VisitorAnswer(ShareVisits.AccountCookie, text, token.Expires), ApiJson.Answers);
    }

    private async Task<IResult> VisitAsync(HttpContext context, string code)
    {
        UnixMs now = UnixMs.From(_context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        ShareOutcome outcome = _visits.Decide(new ShareRequest(code, context.Request.Method, context.Request.Headers, context.Connection.RemoteIpAddress ?? IPAddress.None, now));
        string platform = ShareLinks.NameOf(outcome.Link!.Platform);
        string why = outcome.Why;
        if (outcome.Event is { } visit && (await _context.SubmitAsync([visit]))[0].Status is var status and not (IntakeStatus.Accepted or IntakeStatus.CarriedForward))
            why = status == IntakeStatus.Duplicate ? "again" : "refused";
        _counter.Add(1, new KeyValuePair<string, object?>("platform", platform), new KeyValuePair<string, object?>("outcome", why));
        if (outcome.Cookie is { } cookie)
        {
            context.Response.Cookies.Append(ShareVisits.VisitCookie, cookie, new CookieOptions
            {
                Path = "/s/",
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = _settings.Link.StartsWith("https:", StringComparison.Ordinal),
                MaxAge = TimeSpan.FromMilliseconds(Day.Of(now).Next.Start - now),
            });
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Redirect(_settings.TargetOf(outcome.Link.Content.Value, platform));
    }

    /// <param name="Account">Who shares.</param>
    /// <param name="Content">Which video.</param>
    /// <param name="Platform">Where to: the names of specs/adapters.md.</param>
    private sealed record LinkRequest(string Account, string Content, string Platform);

    /// <param name="Code">What stands behind <c>/s/</c>.</param>
    /// <param name="Url">The whole address.</param>
    private sealed record LinkAnswer(string Code, string Url);

    /// <param name="Account">Who the app's user is.</param>
    /// <param name="Seconds">For how long the app vouches for it: 60 to 86,400.</param>
    private sealed record VisitorRequest(string Account, int Seconds = 86_400);

    /// <param name="Cookie">The cookie's name; the app sets it for the links' host and <c>/s/</c>, HttpOnly.</param>
    /// <param name="Value">Its value.</param>
    /// <param name="Expires">Until when it is good.</param>
    private sealed record VisitorAnswer(string Cookie, string Value, UnixMs Expires);
}
