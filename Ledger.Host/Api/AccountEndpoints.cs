using Ledger.Core.Payouts;
using Ledger.Core.Time;
using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.Audit;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Accounts;
using Ledger.Projections.ReadModels.Spaces;
using Ledger.Projections.ReadModels.Statements;
using Ledger.Projections.ReadModels.Windows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ledger.Host.Api;

/// <summary>Accounts: what they hold, what they were paid and why, and the proof of it.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder accounts = routes.MapGroup("/v1/accounts").WithTags("accounts").RequireScope(Scope.Read(ScopeSource.Accounts));
        accounts.MapGet("/", (HttpContext context, LedgerSession session, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Accounts(paging.After, paging.Limit + 1), a => a.Account, Of)))
            .WithName("accounts").WithSummary("Accounts by id.");
        accounts.MapGet("/{account}", (HttpContext context, LedgerSession session, string account) => ViewAnswer.OfAsync(context, session,
            views => views.Account(RouteIds.Account(account)) is { } row ? Of(row) : null, Unknown(account)))
            .WithName("account").WithSummary("An account: balance, wallet, standing.");
        accounts.MapGet("/{account}/statements", (HttpContext context, LedgerSession session, string account, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(Lines(views, account, paging), l => $"{l.Window.Number}.{l.Line}", l => new { l.Window, l.Line, rule = l.Rule.Code(), l.Amount })))
            .WithName("account-statements").WithSummary("What an account was paid: its lines of every statement, latest first.");
        accounts.MapGet("/{account}/spaces", (HttpContext context, LedgerSession session, string account, Paging paging) => ViewAnswer.OfAsync(context, session,
            views => paging.Page(views.Memberships(RouteIds.Account(account), paging.After, paging.Limit + 1), m => m.Space, m => new { m.Space, m.InvitedAt, m.ApprovedAt })))
            .WithName("account-spaces").WithSummary("The spaces that invited or approved an account.");
        accounts.MapGet("/{account}/explanation", ExplainAsync)
            .WithName("account-explanation").WithSummary("A window of an account, event by event: verdicts, points, pay. An open window as if it were closed now.");
        accounts.MapGet("/{account}/day", DayAsync)
            .WithName("account-day").WithSummary("An account's open window so far, as of at most a second ago: what counted, what did not, and its points. Provisional.");
        accounts.MapGet("/{account}/proof", ProveAsync)
            .WithName("account-proof").WithSummary("A proof of what an account had earned when a window closed; anybody can check it without the ledger.");
        accounts.MapGet("/{account}/settlement-proof", ProveSettlementAsync)
            .WithName("account-settlement-proof").WithSummary("A proof of what an account's wallet may claim on the chain since the last settlement.");
    }

    private static ApiProblem Unknown(string account) => Problems.NotFound("unknown-account", $"the log says nothing of an account '{account}'");

    private static object Of(AccountRow a) => new
    {
        a.Account,
        a.OpenedAt,
        opened = a.OpenedMs is { } ms ? UnixMs.From(ms) : (UnixMs?)null,
        suspended = a.SuspendedAt is { } at ? new { at, reason = a.SuspendedReason } : null,
        wallet = a.Wallet is { } wallet ? new { address = wallet.ToString(), at = a.WalletAt } : null,
        balance = new { a.Available, a.Held },
        a.BandwidthMinutes,
    };

    private static IReadOnlyList<StatementLineRow> Lines(ViewReader views, string account, Paging paging) => views.AccountLines(
        RouteIds.Account(account),
        paging.Numbers() is { } before ? (Paging.Day(before.First), before.Second) : null,
        paging.Limit + 1);

    private static async Task<IResult> ExplainAsync(HttpContext context, LedgerSession session, RewardLedger ledger, Recomputations turn, string account, string? window)
    {
        Day day = window is null ? LastClosed(session) : RouteIds.Day(window);
        return await Recomputations.FoundAsync(async () =>
        {
            using IDisposable mine = await turn.TakeAsync(context.RequestAborted);
            return ViewAnswer.Tagged(context, ExplanationAnswer.Of(await Explainer.AccountAsync(ledger, RouteIds.Account(account), day, null, context.RequestAborted)));
        });
    }

    private static async Task<IResult> DayAsync(HttpContext context, RewardLedger ledger, TimeProvider clock, string account, string? window)
    {
        Day day = window is null ? Day.Of(UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds())) : RouteIds.Day(window);
        return await Recomputations.FoundAsync(async () =>
        {
            return ViewAnswer.Tagged(context, Of(await ledger.DaySoFarAsync(RouteIds.Account(account), day, context.RequestAborted)));
        });
    }

    private static object Of(DaySoFar day) => new
    {
        day.Account,
        day.Window,
        day.AsOf,
        activity = day.Activity.Select(a => new { a.Kind, a.Verdict, a.Events }),
        day.PointsMicro,
        day.TeamPointsMicro,
        day.QuotaMicro,
    };

    private static async Task<IResult> ProveAsync(HttpContext context, LedgerSession session, RewardLedger ledger, Recomputations turn, string account, string? window, bool statement = false)
    {
        Day day = window is null ? LastClosed(session) : RouteIds.Day(window);
        using IDisposable mine = await turn.TakeAsync(context.RequestAborted);
        return Recomputations.Proof(await ProofBuilder.Over(ledger).AccountAsync(RouteIds.Account(account), day, statement, context.RequestAborted));
    }

    private static async Task<IResult> ProveSettlementAsync(HttpContext context, RewardLedger ledger, Recomputations turn, string account, bool statement = false)
    {
        using IDisposable mine = await turn.TakeAsync(context.RequestAborted);
        return Recomputations.Proof(await ProofBuilder.Over(ledger).SettlementAsync(RouteIds.Account(account), statement, context.RequestAborted));
    }

    private static Day LastClosed(LedgerSession session)
    {
        using ViewReader views = session.Views!.Read();
        return views.LastClosed()
            ?? throw new ApiProblemException(Problems.NotFound("nothing-closed", "no window is closed yet; name one with ?window="));
    }
}
