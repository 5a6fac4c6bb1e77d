using Akka.Actor;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.DayWindows;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Audit;

/// <summary>Guaranteed: an audit that folds a window sees by a count of its own when an event was not judged, or judged twice.</summary>
public sealed class ControlledFoldTests : IDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create("control-tests", "akka.loglevel = OFF");

    public void Dispose() => _actors.Terminate().GetAwaiter().GetResult();

    [Property(MaxTest = 25)]
    public void Every_event_of_the_window_is_found_once_whatever_the_shards_and_crashes(int seed, PositiveInt size)
    {
        World world = new(seed, size.Get * 10);
        int crashes = 0;
        FoldOptions options = new()
        {
            Shards = 4,
            EventsPerPassMax = 200,
            EventsPerGroup = 64,
            BeforeChunk = _ => Interlocked.Increment(ref crashes).IfEquals(3, () => throw new InvalidOperationException("injected")),
        };
        Assert.Equal(Activity(world).Count(), Events(world, log => new WindowFold(_actors, log, options)));
    }

    [Property(MaxTest = 25)]
    public void An_event_that_the_fold_loses_or_doubles_is_named(int seed, PositiveInt size, bool lost)
    {
        World world = new(seed, 20 + (size.Get * 10));
        RecordedEvent[] activity = [.. Activity(world).Where(e => e.Payload is Viewed or Liked or Commented)];
        if (activity.Length == 0) return;
        RecordedEvent wrong = activity[new Random(seed).Next(activity.Length)];
        LogFaultException fault = Assert.Throws<LogFaultException>(
            () => Events(world, log => new WindowFold(_actors, new MisreadLog(log, wrong.Position, lost ? 0 : 2), new FoldOptions { Shards = 4 })));
        Assert.Equal("events-miscounted", fault.Code);
        Assert.Contains(World.Window.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Contains($" {((ActivityPayload)wrong.Payload).Actor} ", fault.Message, StringComparison.Ordinal);
        Assert.Contains($" {EventCatalogue.Name(wrong.Payload.Kind)} ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sheet_with_a_verdict_too_many_is_seen()
    {
        World world = new(4, 200);
        await using InMemoryEventLog log = await world.LogAsync(64);
        FoldContext context = world.Context(log.Names);
        WindowFold fold = new(_actors, log, new FoldOptions());
        ControlCounts judged = new(log.Names.Count);
        ContributionSheet sheet = await fold.FoldAsync(context, judged, null, default);
        ControlCounts held = new(log.Names.Count);
        foreach (RecordedEvent e in Activity(world)) held.Count([log.Names.Find(((ActivityPayload)e.Payload).Actor.Value)], [(byte)e.Payload.Kind]);

        Assert.Equal(held.Total(), ControlledFold.Require(context, held, judged, sheet));
        sheet.Verdicts[(int)Core.Validity.Verdict.Trivial]++;
        Assert.Equal("events-miscounted", Assert.Throws<LogFaultException>(() => ControlledFold.Require(context, held, judged, sheet)).Code);
    }

    private static IEnumerable<RecordedEvent> Activity(World world) =>
        world.Events.Where(e => e.Payload is ActivityPayload && e.Event.Window == World.Window && e.Position >= world.OpenedAt && e.Position < world.SealedAt);

    private static long Events(World world, Func<IEventLog, WindowFold> folding) => EventsAsync(world, folding).GetAwaiter().GetResult();

    private static async Task<long> EventsAsync(World world, Func<IEventLog, WindowFold> folding)
    {
        await using InMemoryEventLog log = await world.LogAsync(64);
        ControlledFold fold = new(folding(log), log);
        await fold.FoldAsync(world.Context(log.Names));
        return fold.Events;
    }

    /// <summary>Reads one event of the columns a wrong number of times.</summary>
    private sealed class MisreadLog(IEventLog inner, long wrong, int times) : WrappedLog(inner)
    {
        public override IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default)
        {
            foreach (LogBlock block in base.ReadBlocks(from, to, request, cancel))
            {
                ActivityColumns activity = new();
                for (int i = 0; i < block.Activity.Count; i++)
                {
                    for (int time = block.Activity.Position[i] == wrong ? times : 1; time > 0; time--) activity.AddFrom(block.Activity, i);
                }

                yield return new LogBlock { FirstPosition = block.FirstPosition, Count = block.Count, Rows = block.Rows, Activity = activity };
            }
        }
    }
}
