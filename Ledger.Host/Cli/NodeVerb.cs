using System.CommandLine;
using System.Globalization;
using System.Net;
using Ledger.Host.Api;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows.Cluster;

namespace Ledger.Host.Cli;

/// <summary>Runs a member of the cluster that folds and closes windows.</summary>
internal static class NodeVerb
{
    private const int GraceMinutesDefault = 60;

    public static Verb Create(CliShell shell)
    {
        Option<string> listen = new("--listen") { Description = "Where the other members reach this one", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:4053" };
        Option<string[]> seeds = new("--seed") { Description = "A member to ask to be let in; the same list on every member, and the first one starts the cluster [default: this one alone]", HelpName = "ADDRESS:PORT" };
        Option<string> http = new("--http") { Description = "Where the health page is", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:4080" };
        Option<int> grace = new("--grace") { Description = "Minutes after its end that a day is sealed", HelpName = "MINUTES", DefaultValueFactory = _ => GraceMinutesDefault };
        Option<string?> certificate = new("--certificate") { Description = "PKCS #12 file with the certificate that members show each other; an address that is not loopback needs one", HelpName = "FILE" };
        Option<string?> password = new("--certificate-password-file") { Description = "File with its password", HelpName = "FILE" };
        return shell.Verb(
            "node",
            "Joins the cluster that folds a window on several machines: takes parts of sealed windows, and drives the closing when it is its turn.",
            "weledger node --seed 127.0.0.1:4053",
            [listen, seeds, http, grace, certificate, password],
            (run, cancel) => RunAsync(run, OptionsOf(run, run.Get(listen)!, run.Get(seeds) ?? [], run.Get(http)!, run.Get(grace), run.Get(certificate), run.Get(password)), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, NodeOptions options, CancellationToken cancel)
    {
        await LedgerLog.RequireAsync(run.Log, cancel);
        await using ISheetStore sheets = await SheetStores.OpenAsync(run.Log, cancel);
        await using ClusterNode node = await ClusterNode.StartAsync(
            options, sheets, folder => new NodeLedger(run.Log, run.DataDirectory, LiveDirectory(run.DataDirectory, options.Listen), run.Io.Clock, options.Grace, sheets, folder, text => run.Note($"{Now(run)} {text}")), cancel);
        await using NodePage page = await NodePage.StartAsync(options.Http, node, sheets, cancel);
        run.Answer(
            () => new { listen = options.Listen.ToString(), http = page.Address, log = run.Log.ToString() },
            answer => answer.Facts(("listens on", options.Listen.ToString()), ("health page", page.Address.ToString()), ("log", run.Log.ToString())));
        Task stopped = Task.Delay(Timeout.Infinite, cancel);
        if (await Task.WhenAny(stopped, node.Ended) == stopped) return ExitCode.Ok;
        await node.Ended;
        throw new CliException(ExitCode.Fault, "node-left", "the other members have gone on without this one", "start it again and it joins anew; nothing is lost");
    }

    private static NodeOptions OptionsOf(VerbRun run, string listen, string[] seeds, string http, int graceMinutes, string? certificate, string? passwordFile)
    {
        IPEndPoint address = AddressOf(listen);
        IPEndPoint page = AddressOf(http);
        if (certificate is null && !IPAddress.IsLoopback(address.Address))
            throw new CliException(ExitCode.Usage, "tls-required", $"{address} is reachable over a network, and whoever reaches it could fold for this cluster", "give --certificate, or listen on 127.0.0.1");
        if (!IPAddress.IsLoopback(page.Address))
            throw new CliException(ExitCode.Usage, "loopback-only", $"the health page has no keys and {page} is reachable over a network", "serve it on 127.0.0.1, behind a proxy of your own if others must see it");
        if (graceMinutes is < 0 or > 1440) throw new CliException(ExitCode.Usage, "out-of-range", $"{graceMinutes} minutes of grace", "0 to 1440");
        return new NodeOptions(
            address, seeds.Length > 0 ? seeds : [listen], page, TimeSpan.FromMinutes(graceMinutes),
            certificate is null ? null : run.Io.PathOf(certificate), passwordFile is null ? null : File.ReadAllText(run.Io.PathOf(passwordFile)).TrimEnd());
    }

    /// <summary>Members of one machine may share a data folder, and each keeps snapshots of its own parts.</summary>
    private static string LiveDirectory(string dataDirectory, IPEndPoint listen) => Path.Combine(LiveFolding.Folder(dataDirectory), $"{listen}".Replace(':', '-'));

    private static IPEndPoint AddressOf(string text) => IPEndPoint.TryParse(text, out IPEndPoint? address) && address.Port != 0
        ? address
        : throw new CliException(ExitCode.Usage, "address-malformed", $"'{text}' is no address and port", "write it as 127.0.0.1:4053");

    private static string Now(VerbRun run) => run.Io.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
