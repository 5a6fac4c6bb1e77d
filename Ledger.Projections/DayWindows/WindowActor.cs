using Akka.Actor;

namespace Ledger.Projections.DayWindows;

/// <summary>Supervises the shards of one window: a failed shard restarts, one that keeps failing is lost.</summary>
internal sealed class WindowActor : ReceiveActor
{
    private const int RestartsMax = 10;

    private readonly ShardSetup _setup;
    private readonly Dictionary<IActorRef, int> _shards = [];
    private Exception? _lastFailure;

    public WindowActor(ShardSetup setup, IReadOnlyList<int> shards)
    {
        _setup = setup;
        foreach (int shard in shards)
        {
            // By type: an expression is compiled for every argument of every shard.
            IActorRef child = Context.ActorOf(Props.Create<ShardActor>(setup, shard), $"shard-{shard}");
            _shards.Add(Context.Watch(child), shard);
        }

        Receive<Terminated>(ended => Lost(ended.ActorRef));
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(RestartsMax, Timeout.Infinite, Decide, loggingEnabled: false);

    private Directive Decide(Exception failure)
    {
        _lastFailure = failure;
        return Directive.Restart;
    }

    private void Lost(IActorRef ended) =>
        _setup.Signals.Writer.TryWrite(new ShardLost(_shards[ended], $"failed more than {RestartsMax} times, last with: {_lastFailure?.Message}"));
}
