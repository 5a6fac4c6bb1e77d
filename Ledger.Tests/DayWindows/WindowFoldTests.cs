using Akka.Actor;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows;

/// <summary>Guaranteed: a window folded on actors gives the same sheet whatever the shards, passes, batches and crashes.</summary>
public sealed class WindowFoldTests : IDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create("fold-tests", "akka.loglevel = OFF");

    public void Dispose() => _actors.Terminate().GetAwaiter().GetResult();

    [Property(MaxTest = 25)]
    public void Shards_passes_and_batches_change_nothing(int seed, PositiveInt size)
    {
        World world = new(seed, size.Get * 10);
        Digest expected = FoldOn(world, new FoldOptions { Shards = 1 }, batch: 1_000);
        Assert.Equal(expected, FoldOn(world, new FoldOptions { Shards = 4 }, batch: 1));
        Assert.Equal(expected, FoldOn(world, new FoldOptions { Shards = 16, EventsPerPassMax = 50, EventsPerGroup = 64 }, batch: 7));
        Assert.Equal(expected, FoldOn(world, new FoldOptions(), batch: 64));
    }

    [Theory]
    [InlineData(0, false, 1)]
    [InlineData(99, false, 1)]
    [InlineData(100, false, 2)]
    [InlineData(250, false, 3)]
    [InlineData(50, true, 1)]
    [InlineData(51, true, 2)]
    [InlineData(100, true, 2)]
    [InlineData(250, true, 3)]
    public void A_log_that_is_read_again_cheaply_is_read_twice_before_a_pass_is_full(long events, bool rereadsCheaply, long passes) =>
        Assert.Equal(passes, WindowFold.PassesFor(events, 100, rereadsCheaply));

    [Property(MaxTest = 15)]
    public void Crashing_shards_lose_and_repeat_nothing(int seed, PositiveInt size)
    {
        World world = new(seed, 500 + (size.Get * 50));
        Digest expected = FoldOn(world, new FoldOptions { Shards = 4 }, batch: 100);
        Random random = new(seed);
        int crashes = 0;
        FoldOptions crashing = new()
        {
            Shards = 4,
            EventsPerGroup = 32,
            BeforeChunk = _ =>
            {
                lock (random)
                {
                    if (crashes >= 8 || (crashes > 0 && random.Next(3) != 0)) return;
                    crashes++;
                    throw new InvalidOperationException("injected");
                }
            },
        };
        Assert.Equal(expected, FoldOn(world, crashing, batch: 100));
        Assert.True(crashes > 0, "no crash was injected");
    }

    [Fact]
    public async Task A_large_shard_resumes_from_its_snapshot()
    {
        World world = new(5, 60_000);
        Digest expected = FoldOn(world, new FoldOptions { Shards = 1 }, batch: 5_000);
        int messages = 0;
        FoldOptions crashLate = new() { Shards = 1, EventsPerGroup = 128, BeforeChunk = _ => Interlocked.Increment(ref messages).IfEquals(25, () => throw new InvalidOperationException("injected")) };
        Assert.Equal(expected, FoldOn(world, crashLate, batch: 5_000));

        // 30 chunks and the order to fold: resuming from the snapshot after the chunk before repeats less than a start from nothing would.
        Assert.InRange(messages, 26, 25 + 31 - 24 + 1);
        await Task.CompletedTask;
    }

    [Fact]
    public void A_shard_that_is_judged_again_is_added_once()
    {
        List<int> added = [];
        ShardFold fold = new(null!, 0, 0, (shard, _) => added.Add(shard));
        foreach (int shard in new[] { 3, 4, 3 }) fold.Take(shard, new ShardTotals());
        Assert.Equal([3, 4], added);
    }

    [Fact]
    public void A_shard_that_keeps_failing_ends_the_fold_with_its_cause()
    {
        World world = new(3, 200);
        FoldOptions broken = new() { Shards = 2, BeforeChunk = _ => throw new InvalidOperationException("injected for good") };
        LogFaultException fault = Assert.Throws<LogFaultException>(() => FoldOn(world, broken, batch: 50));
        Assert.Equal("fold-failed", fault.Code);
        Assert.Contains("injected for good", fault.Message, StringComparison.Ordinal);
    }

    private Digest FoldOn(World world, FoldOptions options, int batch) => FoldOnAsync(world, options, batch).GetAwaiter().GetResult();

    private async Task<Digest> FoldOnAsync(World world, FoldOptions options, int batch)
    {
        await using InMemoryEventLog log = await world.LogAsync(batch);
        FoldContext context = world.Context(log.Names);
        ContributionSheet sheet = await new WindowFold(_actors, log, options).FoldAsync(context);
        return SheetDigest.Of(sheet, log.Names);
    }
}

internal static class CountExtensions
{
    public static void IfEquals(this int value, int other, Action then)
    {
        if (value == other) then();
    }
}
