using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>One part of a window, on whichever machine the cluster has placed it: has it folded there, one request at a time.</summary>
/// <remarks>It keeps nothing: the log has the events and the store has the part, so moving or restarting it loses nothing.</remarks>
public sealed class PartActor : ReceiveActor
{
    private const string NamePrefix = "part-";

    private readonly PartFolder _folder;
    private readonly int _part;
    private FoldPart? _busy;
    private IActorRef? _asker;

    public PartActor(PartFolder folder)
    {
        _folder = folder;
        _part = int.Parse(Self.Path.Name.AsSpan(NamePrefix.Length), CultureInfo.InvariantCulture);
        Receive<StandReady>(_ => { });
        Receive<FoldPart>(ask =>
        {
            if (_busy == ask) return;
            (_busy, _asker) = (ask, Sender);
            _ = folder.FoldAsync(ask.Key, ask.Term).PipeTo(Self, Self, written => new Done(ask, written, null), fault => new Done(ask, null, fault));
        });
        Receive<Done>(done =>
        {
            if (done.Fault is not null) _asker.Tell(new PartFailed(done.Ask.WindowDay, done.Ask.Part, done.Fault.Message));
            if (_busy == done.Ask) _busy = null;
        });
    }

    /// <inheritdoc/>
    protected override void PreStart() => _folder.Place(_part);

    /// <inheritdoc/>
    protected override void PostStop() => _folder.Displace(_part);

    /// <summary>Where a request lives: every part is a shard of its own, so that the cluster spreads a window's parts evenly.</summary>
    public sealed class Placement() : HashCodeMessageExtractor(ClusterFold.PartCount)
    {
        /// <inheritdoc/>
        public override string EntityId(object message) => message is IPartMessage told ? PartName(told.Part) : null!;

        /// <inheritdoc/>
        public override string ShardId(string entityId, object? messageHint = null) => entityId;
    }

    private static string PartName(int part) => string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{part}");

    private sealed record Done(FoldPart Ask, PartWrite? Written, Exception? Fault);
}
