using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.ReadModels.Spaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Spaces and their teams.</summary>
internal static class SpaceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder spaces = routes.MapGroup("/v1/spaces").WithTags("spaces").RequireScope(Scope.Read(ScopeSource.Spaces));
        spaces.MapGet("/", (HttpContext context, LedgerSession session, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Spaces(paging.After, paging.Limit + 1), s => s.Space, s => s)))
            .WithName("spaces").WithSummary("Spaces by id.");
        spaces.MapGet("/{space}", (HttpContext context, LedgerSession session, string space) => ViewAnswer.OfAsync(context, session,
            views => views.Space(RouteIds.Space(space)), Problems.NotFound("unknown-space", $"the log says nothing of a space '{space}'")))
            .WithName("space").WithSummary("A space: its provider and the shares as set.");
        spaces.MapGet("/{space}/members", (HttpContext context, LedgerSession session, string space, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Members(RouteIds.Space(space), paging.After, paging.Limit + 1), m => m.Account, m => new { m.Account, m.InvitedAt, m.ApprovedAt })))
            .WithName("space-members").WithSummary("Who was invited into a space's team and who was approved.");
    }
}
