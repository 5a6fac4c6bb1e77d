using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.Simulation;

namespace Ledger.Host.Cli;

/// <summary>The whole product in one go, on a made-up community.</summary>
internal static class DemoVerb
{
    /// <summary>A Monday; fixed, so that a seed gives the same log whenever it is run.</summary>
    private static readonly Day FirstDay = Day.FromNumber(20_458);

    public static Verb Create(CliShell shell)
    {
        Option<int> accounts = new("--accounts") { Description = "People in the community, 100 to 1,000,000", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        Option<int> days = new("--days") { Description = "Days it lives, 1 to 3,650", DefaultValueFactory = _ => 7, HelpName = "N" };
        Option<long> events = new("--events") { Description = "Events in all, at least 1,000 a day", DefaultValueFactory = _ => 2_000_000, HelpName = "N" };
        Option<ulong> seed = new("--seed") { Description = "The same seed makes the same community, to the last token", DefaultValueFactory = _ => 1, HelpName = "N" };
        Option<bool> live = new("--live") { Description = "Instead: a real broadcast of a minute and a quarter through nginx and ffmpeg, where they are installed" };
        return shell.Verb(
            "demo",
            "Makes a community, lets it live for days, pays it, explains and proves a payout, and audits everything. Keeps its data in a new folder: ./weledger-demo-SEED, or --data.",
            "weledger demo\nweledger demo --accounts 1000 --days 3 --events 50000 --seed 42\nweledger demo --live",
            [accounts, days, events, seed, live],
            (run, cancel) => run.Get(live) ? LiveAsync(run, cancel) : RunAsync(run, Settings(run.Get(accounts), run.Get(days), run.Get(events), run.Get(seed)), cancel));
    }

    private static CommunitySettings Settings(int accounts, int days, long events, ulong seed)
    {
        Require(accounts is >= 100 and <= 1_000_000, "--accounts", "100 to 1,000,000");
        Require(days is >= 1 and <= 3_650, "--days", "1 to 3,650");
        Require(events >= 1_000L * days && events / days <= 1_000_000_000, "--events", "1,000 to 1,000,000,000 a day");
        return new CommunitySettings { Accounts = accounts, Days = days, EventsPerDay = (int)((events + days - 1) / days), Seed = seed, FirstDay = FirstDay };
    }

    private static void Require(bool holds, string option, string range)
    {
        if (!holds) throw new CliException(ExitCode.Usage, "out-of-range", $"{option} is out of its range", $"give {range}");
    }

    private static async Task<int> RunAsync(VerbRun run, CommunitySettings settings, CancellationToken cancel)
    {
        string folder = NewFolder(run, settings.Seed.ToString(CultureInfo.InvariantCulture));
        LogAddress log = run.LogOption ?? LogAddress.Folder(folder);
        if (run.LogOption is not null) await RequireEmptyAsync(log, cancel);
        Community community = new(settings);
        Stopwatch watch = Stopwatch.StartNew();
        if (!run.Json) Introduce(new Page(run.Io), community, folder);
        DemoResult result;
        AuditReport audit;
        try
        {
            using ProgressLine progress = run.Progress();
            result = await LiveAsync(community, folder, run.Io.WorkingDirectory, log, progress, cancel);
            audit = await AuditAsync(log, progress, cancel);
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Interrupted, "interrupted", $"the demo was stopped; what it has so far is in {folder}", "delete that folder, or look into it with --data");
        }

        bool ok = result.Proof.Ok && result.Settlement is null or { Matches: true } && audit.Differences.Count == 0;
        run.Answer(() => DemoPage.Document(result, audit, folder), page => DemoPage.Show(page, result, audit, folder, watch.Elapsed));
        return ok ? ExitCode.Ok : ExitCode.No;
    }

    private static async Task<int> LiveAsync(VerbRun run, CancellationToken cancel)
    {
        if (LiveDemo.Missing is { Count: > 0 } missing)
            throw new CliException(ExitCode.NotFound, "media-missing", $"a live demo needs {string.Join(", ", missing)}, which this machine has not", $"install it: apt-get install {string.Join(' ', missing)}");
        string folder = NewFolder(run, "live");
        LiveDemoResult result;
        AuditReport audit;
        try
        {
            using ProgressLine progress = run.Progress();
            result = await new LiveDemo(folder, progress, run.Io.Clock).RunAsync(cancel);
            audit = await AuditAsync(LogAddress.Folder(folder), progress, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Interrupted, "interrupted", $"the demo was stopped; what it has so far is in {folder}", "delete that folder, or look into it with --data");
        }

        run.Answer(() => LiveDemoPage.Document(result, audit, folder), page => LiveDemoPage.Show(page, result, audit, folder));
        return audit.Differences.Count == 0 && result.Broadcast.Minutes > 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static async Task<DemoResult> LiveAsync(Community community, string folder, string workingDirectory, LogAddress log, ProgressLine progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder); // where the proof goes, wherever the log is
        DemoClock clock = new();
        clock.Set(community.Settings.FirstDay.Start);
        await using LedgerSession session = await LedgerSession.WriteAsync(log, folder, clock, progress, cancel, DemoChain.Ruleset);
        return await new DemoLife(community, session, clock, progress).RunAsync(folder, workingDirectory, cancel);
    }

    /// <summary>From the log alone: nothing of what the run had in memory is left.</summary>
    private static async Task<AuditReport> AuditAsync(LogAddress address, ProgressLine progress, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.ReadAsync(address, cancel);
        await using ActorHost actors = await ActorHost.StartAsync(cancel);
        return await LedgerAudit.RunAsync(log, actors.Actors, new FoldOptions(), progress, cancel);
    }

    private static void Introduce(Page page, Community community, string folder)
    {
        CommunitySettings settings = community.Settings;
        CommunityRoles roles = community.Roles;
        page.Line(string.Create(CultureInfo.InvariantCulture,
            $"A community of {settings.Accounts:N0} (seed {settings.Seed}): {roles.Creators.Count:N0} creators, {roles.Teams.Count:N0} teams, {roles.Teams.Count(t => t.FreeRider is not null):N0} of them with a free rider, {roles.Viewers.Count:N0} viewers, a ring of {roles.SybilRing.Count} false accounts, a view bot and a spammer."));
        page.Line(string.Create(CultureInfo.InvariantCulture, $"It lives for {settings.Days} days, {settings.EventsPerDay:N0} events each. Data: {folder}"));
    }

    private static async Task RequireEmptyAsync(LogAddress address, CancellationToken cancel)
    {
        try
        {
            await using IEventLog log = await LogStores.ReadAsync(address, cancel);
            if (log.Head > 0) throw new CliException(ExitCode.Usage, "log-not-empty", $"the log at {address} holds {Amounts.Count(log.Head)} events; the demo adds to nobody's history", "name a new one with --log");
        }
        catch (LogFaultException e) when (e.Code == "log-missing")
        {
            // The demo makes it.
        }
    }

    /// <summary>A folder that nobody uses: never one that holds anything.</summary>
    private static string NewFolder(VerbRun run, string name)
    {
        if (run.DataOption is { } asked)
        {
            return !Path.Exists(asked) || (Directory.Exists(asked) && !Directory.EnumerateFileSystemEntries(asked).Any())
                ? asked
                : throw new CliException(ExitCode.Usage, "folder-not-empty", $"{asked} exists and is not empty; the demo overwrites nothing", "name a new folder with --data");
        }

        string first = run.Io.PathOf($"weledger-demo-{name}");
        string folder = first;
        for (int again = 2; Path.Exists(folder); again++) folder = string.Create(CultureInfo.InvariantCulture, $"{first}-{again}");
        return folder;
    }
}
