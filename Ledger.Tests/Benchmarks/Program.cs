using System.Globalization;
using BenchmarkDotNet.Running;
using Ledger.Benchmarks.Chat;
using Ledger.Benchmarks.Cluster;
using Ledger.Benchmarks.EventLog;
using Ledger.Benchmarks.Explain;
using Ledger.Benchmarks.Fold;
using Ledger.Benchmarks.Ingest;
using Ledger.Benchmarks.Livestream;
using Ledger.Benchmarks.Merkle;
using Ledger.Benchmarks.Payouts;
using Ledger.Benchmarks.Settlement;
using Ledger.Benchmarks.Video;

// Each name prints the figures of one part; micro runs the BenchmarkDotNet classes beside the code.
switch (args)
{
    case ["fold", "--peers", .. var rest]:
        FoldPeers.Run(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 50_000_000);
        return 0;
    case ["fold", "--live", .. var rest]:
        LiveFoldBench.Run(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 10_000_000);
        return 0;
    case ["fold", .. var rest]:
        long events = rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 10_000_000;
        MemoryBandwidth.Print();
        FoldBench.Run(Math.Min(events, 10_000_000));
        ReplayBench.Run(events);
        return 0;
    case ["cluster", .. var rest]:
        await ClusterBench.RunAsync(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 20_000_000);
        return 0;
    case ["actors", .. var rest]:
        ActorsBench.Run(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 20_000_000);
        return 0;
    case ["fold-columns"]:
        FoldBench.Run(10_000_000);
        return 0;
    case ["explain", .. var rest]:
        ExplainBench.Run(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 10_000_000);
        return 0;
    case ["append", .. var rest]:
        await AppendBench.RunAsync(rest);
        return 0;
    case ["close", .. var rest]:
        CloseBenchmark.Run(1_000_000);
        RewardTreeBench.Run(1_000_000, rest.Contains("--peers"));
        return 0;
    case ["cid", .. var rest]:
        CidBench.Run(rest.Length > 0 ? long.Parse(rest[0], CultureInfo.InvariantCulture) : 1024);
        return 0;
    case ["ingest", .. var parts]:
        return await IngestBench.RunAsync(parts);
    case ["settle"]:
        await SettleBench.RunAsync(1_000_000);
        return 0;
    case ["live"]:
        await LiveBench.RunAsync();
        return 0;
    case ["chat", .. var protocols]:
        return await ChatBench.RunAsync(protocols);
    case ["transcode", .. var rest]:
        await TranscodeBench.RunAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 15);
        return 0;
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(FoldBench).Assembly).Run(rest);
        return 0;
    case ["encoded-log", var count]:
        await EncodedLogServer.RunAsync(int.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    case ["replay-build", var directory, var count]:
        await ReplayBench.BuildAsync(directory, long.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    case ["replay-run", var directory]:
        await ReplayBench.ReplayAsync(directory);
        return 0;
    case ["live-build", var directory, var count]:
        await LiveFoldBench.BuildAsync(directory, long.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    case ["live-follow", var directory]:
        await LiveFoldBench.FollowAsync(directory);
        return 0;
    case ["live-close", var directory]:
        await LiveFoldBench.CloseAsync(directory);
        return 0;
    case ["actors-build", var directory, var count]:
        await ReplayBench.BuildAsync(directory, long.Parse(count, CultureInfo.InvariantCulture), ClusterBench.Window);
        return 0;
    case ["actors-run", var directory]:
        await ActorsBench.RunAsync(directory);
        return 0;
    case ["explain-close", var directory]:
        await ExplainBench.CloseAsync(directory);
        return 0;
    case ["explain-ask", var directory]:
        await ExplainBench.AskAsync(directory);
        return 0;
    default:
        Console.Error.WriteLine("fold [--peers | --live] [EVENTS] | cluster [EVENTS] | actors [EVENTS] | explain [EVENTS] | append [EVENTS] | close [--peers] | ingest [PART…] | settle | live | chat [tcp] [websocket] | cid [MIB] | transcode [SECONDS] | micro [BenchmarkDotNet arguments]");
        return 2;
}
