using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Ledger.Host.Api;

/// <summary>What the API can do, as an OpenAPI document and as pages made from it.</summary>
internal static class OpenApiEndpoints
{
    private const string Scheme = "api-key";

    public static void AddTo(IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "weledger", Version = "v1", Description = "A reward ledger: activity in, proven rewards out. Errors are problem+json with a stable code." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, made with 'weledger keys add'." };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            AccessRule? rule = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault();
            if (rule is null or { AnyOf.Count: 0 }) return Task.CompletedTask;
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            operation.Description = $"{operation.Description}\n\nScope: {string.Join(" or ", rule.AnyOf)}.".TrimStart();
            return Task.CompletedTask;
        });
    });

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").OpenToAll();
        routes.MapScalarApiReference("/docs", options => options.WithTitle("weledger").WithOpenApiRoutePattern("/openapi/{documentName}.json").DisableDefaultFonts()).OpenToAll();
    }
}
