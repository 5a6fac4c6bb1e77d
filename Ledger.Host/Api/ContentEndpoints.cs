using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Contents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Videos.</summary>
internal static class ContentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder content = routes.MapGroup("/v1/content").WithTags("content").RequireScope(Scope.Read(ScopeSource.Content));
        content.MapGet("/", (HttpContext context, LedgerSession session, Paging paging, string? space, string? owner) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(List(views, paging, space, owner), c => c.Content, Of)))
            .WithName("contents").WithSummary("Videos by id; of a space with ?space=, of an account with ?owner=.");
        content.MapGet("/{content}", (HttpContext context, LedgerSession session, string content) => ViewAnswer.OfAsync(context, session,
            views => views.Content(RouteIds.Content(content)) is { } row ? Of(row) : null, Problems.NotFound("unknown-content", $"the log says nothing of a video '{content}'")))
            .WithName("content").WithSummary("A video: whose, where, about what.");
    }

    private static IReadOnlyList<ContentRow> List(ViewReader views, Paging paging, string? space, string? owner) => (space, owner) switch
    {
        (null, null) => views.Contents(paging.After, paging.Limit + 1),
        ({ } of, null) => views.ContentsOf(RouteIds.Space(of), paging.After, paging.Limit + 1),
        (null, { } of) => views.ContentsOf(RouteIds.Account(of), paging.After, paging.Limit + 1),
        _ => throw new ApiProblemException(Problems.Malformed("filter-ambiguous", "ask by space or by owner, not by both")),
    };

    private static object Of(ContentRow c) => new
    {
        c.Content,
        c.Owner,
        c.Space,
        c.Category,
        c.DurationSeconds,
        c.Cid,
        published = c.PublishedMs is { } ms ? UnixMs.From(ms) : (UnixMs?)null,
        c.PublishedAt,
        c.DeletedAt,
    };
}
