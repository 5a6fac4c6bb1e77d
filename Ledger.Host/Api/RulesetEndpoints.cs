using System.Globalization;
using System.Text.Json;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Rulesets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Rulesets: which there are, which holds, and putting one in force.</summary>
internal static class RulesetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder rulesets = routes.MapGroup("/v1/rulesets").WithTags("rulesets");
        rulesets.MapGet("/", (HttpContext context, LedgerSession session, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Rulesets(paging.Number(long.MaxValue), paging.Limit + 1), r => r.Position.ToString(CultureInfo.InvariantCulture), r => new { r.Hash, r.FirstWindow, r.Position })))
            .RequireScope(Scope.Read(ScopeSource.Rulesets)).WithName("rulesets").WithSummary("Adoptions of rulesets, latest first.");
        rulesets.MapGet("/{hash}", (HttpContext context, LedgerSession session, string hash) => ViewAnswer.OfAsync(context, session,
            views => views.Ruleset(RouteIds.Hash(hash)) is { } row ? Of(row) : null, Problems.NotFound("unknown-ruleset", $"no ruleset {hash} was ever adopted")))
            .RequireScope(Scope.Read(ScopeSource.Rulesets)).WithName("ruleset").WithSummary("A ruleset, whole.");
        rulesets.MapGet("/for/{day}", (HttpContext context, LedgerSession session, string day) => ViewAnswer.OfAsync(context, session,
            views => views.RulesetFor(RouteIds.Day(day)) is { } row ? Of(row) : null, Problems.NotFound("no-ruleset", $"no ruleset holds for {day}")))
            .RequireScope(Scope.Read(ScopeSource.Rulesets)).WithName("ruleset-for").WithSummary("The ruleset that a window opened now would close under.");
        rulesets.MapPost("/", AdoptAsync)
            .RequireScope(Scope.Write(ScopeSource.Rulesets)).WithName("adopt-ruleset")
            .WithSummary("Puts a ruleset in force from a window that nothing has reached: {\"firstWindow\": DAY, \"document\": {…}}. Once more with the same body changes nothing.")
            .Accepts<JsonElement>("application/json");
    }

    private static object Of(RulesetRow row)
    {
        using JsonDocument document = JsonDocument.Parse(row.Document);
        return new { row.Hash, row.FirstWindow, row.Position, document = document.RootElement.Clone() };
    }

    private static async Task<IResult> AdoptAsync(HttpContext context, LedgerSession session, EventIntake intake)
    {
        JsonElement body = await CommandBody.ReadAsync(context);
        if (body.EnumerateObject().Any(m => m.Name is not ("firstWindow" or "document"))) return Problems.Malformed("field-unknown", "the body has firstWindow and document, nothing else");
        if (!body.TryGetProperty("firstWindow", out JsonElement first) || first.ValueKind != JsonValueKind.String) return Problems.Malformed("field-missing", "firstWindow is a day, such as \"2026-12-01\"");
        if (!body.TryGetProperty("document", out JsonElement document)) return Problems.Malformed("field-missing", "document is the ruleset, as 'weledger ruleset new' writes it");
        Day window = RouteIds.Day(first.GetString()!);
        (Ruleset? ruleset, IReadOnlyList<RulesetError> errors) = RulesetDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(document));
        if (ruleset is null) return new ApiProblem(StatusCodes.Status422UnprocessableEntity, "ruleset-invalid", string.Join("; ", errors.Take(20).Select(e => $"{e.Code} {e.Path}: {e.Message}")));
        await session.Ledger.CatchUpAsync(null, context.RequestAborted);
        using (ViewReader views = session.Views!.Read())
        {
            if (views.RulesetFor(window) is { } held && held.FirstWindow == window && held.Hash == ruleset.Hash) return TypedResults.Json(new { held.Hash, held.FirstWindow }, ApiJson.Answers);
        }

        if (await intake.AdoptAsync(window, ruleset, context.RequestAborted) is { } refusal) return Problems.Refused(refusal.Code, refusal.Detail);
        return TypedResults.Json(new { ruleset.Hash, firstWindow = window }, ApiJson.Answers, statusCode: StatusCodes.Status201Created);
    }
}
