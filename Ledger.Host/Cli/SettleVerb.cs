using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Settlement;
using Ledger.Core.Accounting;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;
using Ledger.Host.Composition;

namespace Ledger.Host.Cli;

/// <summary>Settles a window on the chain.</summary>
internal static class SettleVerb
{
    private const int GweiDecimals = 9;
    private const int EtherDecimals = 18;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static Verb Create(CliShell shell)
    {
        Option<string> window = new("--window") { Description = "The latest final window, a UTC day; it settles everything before it too", HelpName = "DAY", Required = true };
        Option<bool> dry = new("--dry-run") { Description = "Print who is paid how, what waits and what it costs; change nothing" };
        Option<string?> price = new("--price") { Description = "What a WE is worth, in wei: then nobody claims less than its gas, and pushes are weighed", HelpName = "WEI" };
        Option<string?> resume = new("--resume") { Description = "Go on after an alarm; says what was found", HelpName = "TEXT" };
        return shell.Verb(
            "settle",
            "Settles a window on the chain of chain.json: sets tokens aside, has the gate recompute everything, sends the root and the pushes, each exactly once, waits until they are final, and compares the books with the chain. Interrupted, the same command goes on.",
            "weledger settle --dry-run --window 2026-11-21",
            [window, dry, price, resume],
            (run, cancel) => RunAsync(run, VerbRun.DayOf(run.Get(window)!), run.Get(dry), PriceOf(run.Get(price)), run.Get(resume), cancel));
    }

    /// <summary>The plan that a person reads before anything is sent.</summary>
    public static void Show(Page page, SettlementPreview preview)
    {
        PlannedSettlement plan = preview.Plan;
        page.Heading($"What settling {preview.Window} does");
        page.Table(
            [new("what"), new("wallets", true), new("WE", true)],
            [
                ["published, to be claimed", Amounts.Count(plan.Count(SettlementChoice.Claim)), Amounts.We(plan.SetAside - plan.Pushed)],
                ["published and sent", Amounts.Count(plan.Count(SettlementChoice.Push)), Amounts.We(plan.Pushed)],
                ["waits, too little", Amounts.Count(plan.Count(SettlementChoice.Wait)), Amounts.We(plan.Waiting)],
                ["no wallet linked", "", Amounts.We(plan.Unlinked)],
                ["spent inside", "", Amounts.We(plan.Spent)],
            ]);
        page.Facts(
            ("transactions", Amounts.Count(preview.Estimate.Transactions)),
            ("gas", Amounts.Count(preview.Estimate.Gas)),
            ("at", $"{Decimal(preview.Estimate.GasPrice, GweiDecimals)} gwei"),
            ("cost", $"{Decimal(preview.Estimate.Cost, EtherDecimals)} ether"),
            ("a wallet waits below", $"{Amounts.We(preview.Policy.WaitBelow)} WE"));
    }

    private static object Document(SettlementPreview preview) => new
    {
        preview.Window,
        claim = new { wallets = preview.Plan.Count(SettlementChoice.Claim), amount = (preview.Plan.SetAside - preview.Plan.Pushed).ToString(CultureInfo.InvariantCulture) },
        push = new { wallets = preview.Plan.Count(SettlementChoice.Push), amount = preview.Plan.Pushed.ToString(CultureInfo.InvariantCulture) },
        wait = new { wallets = preview.Plan.Count(SettlementChoice.Wait), amount = preview.Plan.Waiting.ToString(CultureInfo.InvariantCulture) },
        unlinked = preview.Plan.Unlinked.ToString(CultureInfo.InvariantCulture),
        spent = preview.Plan.Spent.ToString(CultureInfo.InvariantCulture),
        preview.Estimate.Transactions,
        preview.Estimate.Gas,
        gasPriceWei = preview.Estimate.GasPrice.ToString(CultureInfo.InvariantCulture),
        costWei = preview.Estimate.Cost.ToString(CultureInfo.InvariantCulture),
        waitBelow = preview.Policy.WaitBelow.ToString(CultureInfo.InvariantCulture),
        pushFrom = preview.Policy.PushFrom.ToString(CultureInfo.InvariantCulture),
    };

    private static async Task<int> RunAsync(VerbRun run, Day window, bool dry, BigInteger? price, string? resume, CancellationToken cancel)
    {
        ChainSettings settings = ChainSettings.Read(run.DataDirectory);
        await LedgerLog.RequireAsync(run.Log, cancel);
        using ResilientNode node = ResilientNode.Connect(settings.Rpc, new RpcPatience(), run.Io.Clock);
        using ProgressLine progress = run.Progress();
        if (dry)
        {
            await using LedgerSession reading = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
            SettlementPreview preview = await new SettlementSession(reading, node, settings, run.Io.Clock).PreviewAsync(window, price, cancel);
            progress.Dispose();
            run.Answer(() => Document(preview), page => Show(page, preview));
            return ExitCode.Ok;
        }

        await using LedgerSession session = await LedgerSession.WriteAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        await session.Ledger.FinalizeDueAsync(cancel: cancel);
        SettlementSession settlement = new(session, node, settings, run.Io.Clock);
        if (resume is not null) await settlement.ResumeAsync(resume, cancel);
        SettlementOutcome outcome = await settlement.SettleAsync(window, price, WaitAsync, progress, cancel);
        progress.Dispose();
        run.Answer(
            () => new
            {
                outcome.Name,
                outcome.Window,
                outcome.Root,
                outcome.Total,
                outcome.Transactions,
                outcome.Pushes,
                plan = outcome.Preview is null ? null : Document(outcome.Preview),
                books = new { outcome.Books.BlockNumber, outcome.Books.Escrow, outcome.Books.Settled },
            },
            page =>
            {
                if (outcome.Preview is { } preview) Show(page, preview);
                page.Heading($"Settled {outcome.Name}");
                page.Facts(
                    ("root", outcome.Root.ToString()),
                    ("total", $"{Amounts.We(outcome.Total)} WE"),
                    ("transactions", $"{outcome.Transactions}, all final"),
                    ("books", $"agree with the chain at block {Amounts.Count(outcome.Books.BlockNumber)}: {Amounts.We(outcome.Books.Escrow)} WE to be claimed, {Amounts.We(outcome.Books.Settled)} WE paid"));
            });
        return ExitCode.Ok;

        async Task WaitAsync(Round round, CancellationToken token)
        {
            progress.Show($"settling: {round.Why}", 0);
            await Task.Delay(Pause, run.Io.Clock, token);
        }
    }

    private static BigInteger? PriceOf(string? text) => text is null ? null
        : BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger price) && !price.IsZero ? price
        : throw new CliException(ExitCode.Usage, "price-malformed", $"'{text}' is no price", "give wei per WE, a whole number above zero");

    /// <summary>Six significant decimals of a number of wei in a larger unit.</summary>
    private static string Decimal(BigInteger wei, int decimals)
    {
        string digits = wei.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return $"{digits[..^decimals]}.{digits[^decimals..][..6]}";
    }
}
