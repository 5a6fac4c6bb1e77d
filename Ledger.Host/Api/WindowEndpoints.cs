using System.Globalization;
using Ledger.Core.Payouts;
using Ledger.Core.Time;
using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.DayWindows;
using Ledger.Projections.ReadModels.Ranks;
using Ledger.Projections.ReadModels.Statements;
using Ledger.Projections.ReadModels.Windows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Windows: metrics, coefficients, pool, statement, ranks.</summary>
internal static class WindowEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder windows = routes.MapGroup("/v1/windows").WithTags("windows").RequireScope(Scope.Read(ScopeSource.Windows));
        windows.MapGet("/", (HttpContext context, LedgerSession session, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Windows(paging.After.Length == 0 ? null : Paging.Day(paging.Number(0)), paging.Limit + 1), w => Text(w.Window.Number), Summary)))
            .WithName("windows").WithSummary("Windows, latest first.");
        windows.MapGet("/{day}", (HttpContext context, LedgerSession session, string day) => ViewAnswer.OfAsync(context, session,
            views => views.Window(RouteIds.Day(day)) is { } row ? Whole(row) : null, Unknown(day)))
            .WithName("window").WithSummary("A window: verdicts, metrics, coefficients, pool, and what its statement says; every number of its close.");
        windows.MapGet("/{day}/statement", (HttpContext context, LedgerSession session, string day, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => views.Window(RouteIds.Day(day))?.Issued is null ? null
                : paging.Page(views.StatementLines(RouteIds.Day(day), paging.Number(-1), paging.Limit + 1), l => Text(l.Line), l => new { l.Line, l.Account, rule = l.Rule.Code(), l.Amount }),
            Problems.NotFound("not-closed", $"the window {day} is not closed and has no statement yet")))
            .WithName("window-statement").WithSummary("A closed window's statement, line by line in its own order.");
        windows.MapGet("/{day}/ranks", (HttpContext context, LedgerSession session, string day, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => views.Window(RouteIds.Day(day))?.Issued is null ? null
                : paging.Page(views.Ranks(RouteIds.Day(day), paging.Number(0), paging.Limit + 1), r => Text(r.Rank), Of),
            Problems.NotFound("not-closed", $"the window {day} is not closed and has no ranks yet")))
            .WithName("window-ranks").WithSummary("Creators by popularity as of a window's close.");
        windows.MapGet("/{day}/provisional", (HttpContext context, ProvisionalWindows provisional, string day) =>
            ProvisionalAsync(context, provisional, day, close => new { close.Window, asOf = close.Facts.SealedAt, facts = WindowAnswer.Facts(close.Facts), paid = close.Result.Statement.Total, accounts = close.Result.Statement.AccountCount }))
            .WithName("window-provisional").WithSummary("An open window as if it were closed a few seconds ago: metrics, coefficients, pool. Provisional.");
        windows.MapGet("/{day}/provisional/ranks", (HttpContext context, ProvisionalWindows provisional, string day, Paging paging) =>
            ProvisionalAsync(context, provisional, day, close => paging.Page(Ranking.Rows(close, paging.Number(0), paging.Limit + 1), r => Text(r.Rank), Of)))
            .WithName("window-provisional-ranks").WithSummary("Creators by popularity if an open window were closed a few seconds ago. Provisional.");
        routes.MapGet("/v1/ranks", (HttpContext context, LedgerSession session, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => views.LastRanked() is { } day ? paging.Page(views.Ranks(day, paging.Number(0), paging.Limit + 1), r => Text(r.Rank), Of) : new { items = Array.Empty<object>() }))
            .WithTags("windows").RequireScope(Scope.Read(ScopeSource.Windows))
            .WithName("ranks").WithSummary("Creators by popularity as of the last close that has any.");
    }

    private static async Task<IResult> ProvisionalAsync(HttpContext context, ProvisionalWindows provisional, string day, Func<ClosedWindow, object> answer)
    {
        return await Recomputations.FoundAsync(async () =>
        {
            ClosedWindow close = await provisional.OfAsync(RouteIds.Day(day), context.RequestAborted);
            context.Response.Headers[ViewAnswer.PositionHeader] = Text(close.Facts.SealedAt);
            return ViewAnswer.Tagged(context, answer(close));
        });
    }

    private static ApiProblem Unknown(string day) => Problems.NotFound("unknown-window", $"the window {day} was never opened");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static object Of(RankRow r) => new { r.Window, r.Rank, account = r.Creator, popularity = r.Popularity.ToString(CultureInfo.InvariantCulture) };

    private static object Summary(WindowRow w) => new
    {
        w.Window,
        w.State,
        w.Ruleset,
        w.OpenedAt,
        w.SealedAt,
        w.ClosedAt,
        w.FinalAt,
        pool = w.Closed?.Pool,
        paid = w.Issued?.Total,
        accounts = w.Issued?.Accounts,
    };

    private static object Whole(WindowRow w) => new
    {
        w.Window,
        w.State,
        w.Ruleset,
        w.OpenedAt,
        w.SealedAt,
        w.ClosedAt,
        w.FinalAt,
        facts = w.Closed is { } closed ? WindowAnswer.Facts(closed) : null,
        statement = w.Issued is { } s
            ? new { position = w.IssuedAt, s.Lines, s.Accounts, s.Total, digest = s.StatementDigest, s.Payees, s.CumulativeTotal, s.RewardRoot, finalFrom = UnixMs.From(s.FinalFromMs) }
            : null,
    };
}
