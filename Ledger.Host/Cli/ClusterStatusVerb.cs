using System.CommandLine;
using System.Net.Http.Json;
using Ledger.Host.Api;

namespace Ledger.Host.Cli;

/// <summary>Asks a member how the cluster is.</summary>
internal static class ClusterStatusVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Verb Create(CliShell shell)
    {
        Option<string> node = new("--node") { Description = "A member's health page", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:4080" };
        return shell.Verb(
            "status",
            "Tells which members there are, who drives, and how far the sealed window is.",
            "weledger cluster status --node http://127.0.0.1:4080",
            [node],
            (run, cancel) => RunAsync(run, PageOf(run.Get(node)!), cancel));
    }

    private static Uri PageOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? page) && page.Scheme == Uri.UriSchemeHttp
        ? page
        : throw new CliException(ExitCode.Usage, "address-malformed", $"'{text}' is no address of a health page", "write it as http://127.0.0.1:4080");

    private static async Task<int> RunAsync(VerbRun run, Uri node, CancellationToken cancel)
    {
        NodeStatus status = await AskAsync(node, cancel);
        run.Answer(() => status, page => Show(page, status));
        return status.Members.Any(member => member.Unreachable) ? ExitCode.No : ExitCode.Ok;
    }

    private static async Task<NodeStatus> AskAsync(Uri node, CancellationToken cancel)
    {
        using HttpClient http = new() { Timeout = Patience };
        try
        {
            return (await http.GetFromJsonAsync<NodeStatus>(new Uri(node, "/cluster"), ApiJson.Answers, cancel))!;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Fault, "node-unreachable", $"no member answers at {node}: {e.Message}", "start one with 'weledger node', or name another with --node");
        }
    }

    private static void Show(Page page, NodeStatus status)
    {
        page.Facts(
            ("asked", status.Node),
            ("drives", status.Term is { } term ? $"this one, in term {term}" : "another"),
            ("last closed window", status.LastClosed ?? "none"),
            ("sealed window", status.Window is null ? "none waits" : $"{status.Window}: {status.PartsHeld} of {status.PartCount} parts"),
            ("parts that live here", $"{status.PartsPlaced} of {status.PartCount}"),
            ("folded while they fill", status.FollowedTo is { } to ? $"{status.PartsFollowed} parts of open windows, up to position {Amounts.Count(to)}" : "no open window"),
            ("parts folded here", $"{status.PartsStored}, {status.PartsFenced} more came too late"));
        page.Table([new("member"), new("status"), new("")], status.Members.Select(member => new[] { member.Address, member.Status, member.Unreachable ? "does not answer" : "" }));
    }
}
