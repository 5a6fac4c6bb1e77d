using Ledger.Host.Adapters;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Host.Api;

/// <summary>How the adapters are, and their own endpoints.</summary>
internal static class AdapterEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        AdapterSet adapters = routes.ServiceProvider.GetRequiredService<AdapterSet>();
        routes.MapGet("/v1/adapters", () => TypedResults.Json(new Answer([.. adapters.All.Select(a => new Adapter(a.Name, a.Health.IsUp ? "up" : "degraded", a.Health.Code, a.Health.Detail))]), ApiJson.Answers))
            .WithTags("health").WithName("adapters").WithSummary("The adapters that run here, and how they are.")
            .RequireScope(Scope.Read(ScopeSource.Metrics));
        adapters.Map(routes);
    }

    private sealed record Answer(IReadOnlyList<Adapter> Items);

    /// <param name="Name">Its section in the settings.</param>
    /// <param name="State"><c>up</c> or <c>degraded</c>.</param>
    /// <param name="Code">What is wrong.</param>
    /// <param name="Detail">What was found, and what to do.</param>
    private sealed record Adapter(string Name, string State, string? Code, string? Detail);
}
