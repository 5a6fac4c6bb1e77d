using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Ledger.Projections.DayWindows.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ledger.Host.Composition;

/// <summary>This process as a member of the cluster: parts of windows are placed on it, and it may be the one that drives.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>The actor system's name, the same on every member.</summary>
    public const string SystemName = "weledger";

    // What is not kept survives anyway: parts are in the store of sheets, events in the log. So the sharding keeps its table in memory alone,
    // and evens out all at once who has which parts.
    private const string Configuration = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.exit-clr = off
          cluster.sharding.distributed-data.durable.keys = []
          cluster.sharding.passivate-idle-entity-after = 10m
          cluster.sharding.rebalance-interval = 1s
          cluster.sharding.least-shard-allocation-strategy.rebalance-absolute-limit = 16
          cluster.sharding.least-shard-allocation-strategy.rebalance-relative-limit = 1.0
          cluster.failure-detector.acceptable-heartbeat-pause = 4s
        }
        """;

    private readonly IHost _host;
    private readonly PartFolder _folder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _ledger;

    private ClusterNode(IHost host, PartFolder folder, NodeLedger ledger)
    {
        (_host, _folder, Ledger) = (host, folder, ledger);
        _ledger = Task.Run(() => ledger.RunAsync(System, _stop.Token));
    }

    /// <summary>This member's own ledger.</summary>
    public NodeLedger Ledger { get; }

    /// <summary>Folds parts here.</summary>
    public PartFolder Folder => _folder;

    /// <summary>The cluster as this member sees it.</summary>
    public Cluster Cluster => Cluster.Get(System);

    /// <summary>Completes when this member cannot go on: its ledger failed, or the others have gone on without it.</summary>
    public Task Ended => Task.WhenAny(_ledger, System.WhenTerminated).Unwrap();

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts the member and joins the cluster of the seeds; a member that is a seed itself starts one when there is none.</summary>
    public static async Task<ClusterNode> StartAsync(NodeOptions options, ISheetStore sheets, Func<PartFolder, NodeLedger> ledgerOf, CancellationToken cancel)
    {
        PartFolder folder = new(sheets, ClusterFold.PartCount);
        NodeLedger ledger = ledgerOf(folder);
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = SystemName });
        builder.Services.AddSingleton<IHostLifetime, ActorHost.CommandLifetime>();
        builder.Services.AddAkka(SystemName, akka => akka
            .ConfigureLoggers(loggers => loggers.ClearLoggers())
            .AddHocon(Configuration, HoconAddMode.Prepend)
            .WithRemoting(options.Remoting())
            .WithClustering(new ClusterOptions
            {
                SeedNodes = [.. options.Seeds.Select(seed => $"akka{(options.Tls ? ".ssl" : "")}.tcp://{SystemName}@{seed}")],
                SplitBrainResolver = new KeepMajorityOption(),
            })
            .AddHocon("akka.cluster.split-brain-resolver.stable-after = 7s", HoconAddMode.Prepend)
            .WithShardRegion<PartActor>(
                "parts",
                (_, _, _) => _ => Props.Create(() => new PartActor(folder)),
                new PartActor.Placement(),
                new ShardOptions { StateStoreMode = StateStoreMode.DData, RememberEntities = false })
            .WithSingleton<DriverActor>(
                "driver",
                (_, registry, _) => Props.Create(() => new DriverActor(sheets, folder, ledger, registry.Get<PartActor>())),
                createProxyToo: false));
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancel);
            return new ClusterNode(host, folder, ledger);
        }
        catch
        {
            host.Dispose();
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Leaves the cluster, handing over what lives here, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await _stop.CancelAsync();
        await _ledger.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _folder.DisposeAsync();
        _host.Dispose();
        Ledger.Dispose();
        _stop.Dispose();
    }
}
