using System.Globalization;
using Ledger.Core.Quantities;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Supply;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Where the supply is, and whether the books balance.</summary>
internal static class SupplyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder supply = routes.MapGroup("/v1").WithTags("supply").RequireScope(Scope.Read(ScopeSource.Funding));
        supply.MapGet("/supply", (HttpContext context, LedgerSession session) => ViewAnswer.OfAsync(context, session,
            views => new { issued = views.Supply().Trial().Issued, accounts = views.Supply().Select(r => new { r.Name, r.Balance }) }))
            .WithName("supply").WithSummary("What every allocation, pool and platform account holds, and what everybody's accounts hold together.");
        supply.MapGet("/trial-balance", (HttpContext context, LedgerSession session) => ViewAnswer.OfAsync(context, session, Trial))
            .WithName("trial-balance").WithSummary("The sum over all balances is the supply, to the base unit.");
    }

    private static object Trial(ViewReader views)
    {
        (TokenAmount issued, TokenAmount held) = views.Supply().Trial();
        Int128 difference = (Int128)held.BaseUnits - (Int128)issued.BaseUnits;
        return new { balanced = difference == 0, difference = difference.ToString(CultureInfo.InvariantCulture), supply = issued, held };
    }
}
