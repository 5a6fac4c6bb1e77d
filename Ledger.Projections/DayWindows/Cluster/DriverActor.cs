using Akka.Actor;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>The cluster's one driver: begins a term, tells its machine to drive, keeps every part placed, and has the missing ones of the sealed window folded.</summary>
/// <remarks>There is one at a time by the cluster's rules; if there ever were two, the later term's writes win and the earlier one's are refused.</remarks>
public sealed class DriverActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadyEvery = TimeSpan.FromSeconds(1);

    private readonly ISheetStore _sheets;
    private readonly PartFolder _folder;
    private readonly INodeRole _node;
    private readonly IActorRef _parts;
    private readonly Dictionary<PartKey, DateTimeOffset> _asked = [];
    private long _term;

    public DriverActor(ISheetStore sheets, PartFolder folder, INodeRole node, IActorRef parts)
    {
        (_sheets, _folder, _node, _parts) = (sheets, folder, node, parts);
        Receive<TermBegun>(begun =>
        {
            _term = begun.Term;
            _node.Drive(_term);
            Timers.StartPeriodicTimer("beat", Tick.Instance, TimeSpan.Zero, Beat);
            Timers.StartPeriodicTimer("ready", Ready.Instance, TimeSpan.Zero, ReadyEvery);
        });
        Receive<Ready>(_ =>
        {
            for (int part = 0; part < ClusterFold.PartCount; part++) _parts.Tell(new StandReady(part));
        });
        Receive<Tick>(tick =>
        {
            if (_folder.Open is not { } open) return;
            _ = _sheets.HeldAsync(open.Window, open.SealedAt).PipeTo(Self, Self, held => new Held(open.Window, open.SealedAt, held));
        });
        Receive<Held>(Ask);
        Receive<PartFailed>(failed => _node.Note($"part {failed.Part} of window {Day.FromNumber(failed.WindowDay)}: {failed.Reason}"));
        Receive<Status.Failure>(failure => throw failure.Cause);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => _ = _sheets.BeginTermAsync().PipeTo(Self, Self, term => new TermBegun(term));

    /// <inheritdoc/>
    protected override void PostStop() => _node.Drive(null);

    private void Ask(Held held)
    {
        DateTimeOffset now = Context.System.Scheduler.Now;
        for (int part = 0; part < ClusterFold.PartCount; part++)
        {
            PartKey key = new(held.Window, held.SealedAt, part);
            if (held.Parts.Contains(part) || (_asked.TryGetValue(key, out DateTimeOffset at) && now - at < AskAgain)) continue;
            _asked[key] = now;
            _parts.Tell(new FoldPart(held.Window.Number, held.SealedAt, part, _term));
        }

        if (held.Parts.Count == ClusterFold.PartCount) _asked.Clear();
    }

    private sealed record TermBegun(long Term);

    private sealed record Held(Day Window, long SealedAt, IReadOnlySet<int> Parts);

    private sealed record Ready
    {
        public static Ready Instance { get; } = new();
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}

/// <summary>What the driver tells the machine it lives on.</summary>
public interface INodeRole
{
    /// <summary>Drive in this term: seal what is due, close what is sealed; or, with null, drive no more.</summary>
    void Drive(long? term);

    /// <summary>Something that a person who watches the machine should know.</summary>
    void Note(string text);
}
