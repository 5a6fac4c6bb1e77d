using Akka.Actor;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.Support;
using Xunit;
using Directory = System.IO.Directory;

namespace Ledger.Tests.DayWindows.Live;

/// <summary>Guaranteed: a window that is folded while it fills gives, at every position, the sheet that reading the log there gives; whatever crashes, restarts and is damaged.</summary>
public sealed class LiveFoldTests : IDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create("live-tests", "akka.loglevel = OFF");
    private readonly string _directory = Directory.CreateTempSubdirectory("weledger-live-").FullName;

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    [Property(MaxTest = 20)]
    public void Live_equals_replay_at_every_position(int seed, PositiveInt size) => RunAsync(seed, size.Get, crashes: 0).GetAwaiter().GetResult();

    [Property(MaxTest = 12)]
    public void Crashing_shards_lose_and_repeat_nothing(int seed, PositiveInt size) => RunAsync(seed, size.Get, crashes: 6).GetAwaiter().GetResult();

    [Property(MaxTest = 12)]
    public void Damage_to_a_snapshot_costs_time_and_nothing_else(int seed, PositiveInt size) => DamageAsync(seed, size.Get).GetAwaiter().GetResult();

    [Property(MaxTest = 15)]
    public void Parts_that_are_kept_up_with_have_the_bytes_of_those_read_from_the_log(int seed, PositiveInt size) => PartsAsync(seed, size.Get).GetAwaiter().GetResult();

    [Fact]
    public async Task A_restart_goes_on_behind_the_snapshot()
    {
        World world = new(7, 3_000);
        await using InMemoryEventLog log = await LogOfAsync(world);
        LiveOptions options = new() { Shards = 4, EventsPerPart = 500, PositionsPerFeeding = 500, EventsPerGroup = 100 };
        Retractions retractions = world.Context(log.Names).Retractions;
        await using (LiveFold first = new(_actors, log, new Never(), _directory, options)) await first.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);

        int chunks = 0;
        await using LiveFold second = new(_actors, log, new Never(), _directory, options with { BeforeChunk = _ => Interlocked.Increment(ref chunks) });
        await second.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);
        Assert.Equal(world.SealedAt, second.FollowedTo(World.Window));
        Assert.Equal(await ReplayAsync(world, log, world.SealedAt), SheetDigest.Of(await second.FoldAsync(world.Context(log.Names)), log.Names));

        // Fewer than 500 of 3,000 events in groups of 100, to 4 shards, and 4 orders to fold.
        Assert.InRange(chunks, 4, (5 * 4) + 4);
    }

    [Fact]
    public async Task A_refund_that_stands_before_its_tip_is_seen_when_the_tip_comes()
    {
        World world = new(3, 200);
        AccountId who = new("p1");
        EventId tip = EventId.Derive("late", "tip");
        await using InMemoryEventLog log = new();
        await log.AppendAsync([.. world.Events.Take((int)world.SealedAt).Select(e => e.Event)]);
        UnixMs at = World.Window.Start;
        await log.AppendAsync([new NewEvent(EventId.Derive("late", "refund"), at, at, World.Window, new TipRefunded(who, tip))]);
        long before = log.Head;
        Retractions retractions = world.Context(log.Names).Retractions;
        CountingFold replay = new(new WindowFold(_actors, log, new FoldOptions()));

        // The position of the refund is kept in the snapshot, and what it names is read from the log again.
        LiveOptions options = new() { Shards = 4, EventsPerPart = 50, PositionsPerFeeding = 50 };
        await using (LiveFold first = new(_actors, log, replay, _directory, options)) await first.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, before, default);
        await using LiveFold live = new(_actors, log, replay, _directory, options);
        await live.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, before, default);
        await live.FoldAsync(At(before));
        Assert.Equal(0, replay.Folds);

        RecordedEvent tipped = new(log.Head, 0, new NewEvent(tip, at, at, World.Window, new Tipped(who, new SpaceId("s0"), TokenAmount.FromWe(1))));
        await log.AppendAsync([tipped.Event]);
        retractions.Apply(tipped);
        ContributionSheet sheet = await live.FoldAsync(At(log.Head));
        Assert.Equal(1, replay.Folds);
        Assert.Equal(SheetDigest.Of(await new WindowFold(_actors, log, new FoldOptions { Shards = 1 }).FoldAsync(At(log.Head)), log.Names), SheetDigest.Of(sheet, log.Names));

        FoldContext At(long position)
        {
            FoldContext context = world.Context(log.Names);
            return new FoldContext
            {
                Window = context.Window,
                OpenedAt = context.OpenedAt,
                SealedAt = position,
                Rules = context.Rules,
                Directory = context.Directory,
                Roster = context.Roster,
                Retractions = retractions,
                Bandwidth = context.Bandwidth,
                Unfunded = context.Unfunded,
            };
        }
    }

    [Fact]
    public async Task A_window_that_is_no_longer_open_leaves_nothing_behind()
    {
        World world = new(9, 500);
        await using InMemoryEventLog log = await LogOfAsync(world);
        await using LiveFold live = new(_actors, log, new Never(), _directory, new LiveOptions { Shards = 2, EventsPerPart = 100 });
        await live.FollowAsync([Scope(world, log, world.Context(log.Names).Retractions)], WindowParts.Whole, world.SealedAt, default);
        Assert.Single(Files());
        await live.FollowAsync([], WindowParts.Whole, log.Head, default);
        Assert.Empty(Files());
        Assert.Null(live.FollowedTo(World.Window));
    }

    private string[] Files() => Directory.GetFiles(_directory, "*.live", SearchOption.AllDirectories);

    private async Task RunAsync(int seed, int size, int crashes)
    {
        World world = new(seed, 20 + (size * 10));
        Random random = new(seed);
        await using InMemoryEventLog log = new();
        Retractions retractions = new(log.Names);
        int crashed = 0;
        LiveOptions options = new()
        {
            Shards = 1 << random.Next(5),
            EventsPerPart = 1 + random.Next(200),
            PositionsPerFeeding = 1 + random.Next(200),
            EventsPerGroup = 1 + random.Next(100),
            BeforeChunk = _ =>
            {
                if (Volatile.Read(ref crashed) < crashes && Random.Shared.Next(4) == 0 && Interlocked.Increment(ref crashed) <= crashes) throw new InvalidOperationException("injected");
            },
        };
        LiveFold live = new(_actors, log, new Never(), _directory, options);
        try
        {
            foreach (RecordedEvent[] batch in world.Events.Take((int)world.SealedAt).Chunk(1 + random.Next(size * 3)))
            {
                await log.AppendAsync([.. batch.Select(e => e.Event)]);
                foreach (RecordedEvent e in batch) retractions.Apply(e);
                if (log.Head <= world.OpenedAt) continue;
                if (random.Next(4) == 0)
                {
                    await live.DisposeAsync();
                    live = new LiveFold(_actors, log, new Never(), _directory, options);
                }

                await live.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, log.Head, default);
                if (random.Next(3) != 0) continue;
                long position = random.NextInt64(world.OpenedAt + 1, log.Head + 1);
                FoldContext context = world.Context(log.Names, position);
                Assert.True(await ReplayAsync(world, log, position) == SheetDigest.Of(await live.FoldAsync(context), log.Names), $"seed {seed}: differs at {position}");
                AccountId account = new($"p{random.Next(8)}");
                if (log.Names.Find(account.Value) is not (>= 0 and var ordinal)) continue;
                IReadOnlyList<ShardEvent>? told = await ((IOpenFold)live).ActivityAsync(World.Window, ordinal, position, default);
                Assert.Equal(
                    world.Events.Where(e => e.Position > world.OpenedAt && e.Position < position && e.Event.Window == World.Window && e.Payload is ActivityPayload a && a.Actor == account).Select(e => e.Position),
                    told!.Select(e => e.Position));
            }

            await live.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);
            Assert.True(await ReplayAsync(world, log, world.SealedAt) == SheetDigest.Of(await live.FoldAsync(world.Context(log.Names)), log.Names), $"seed {seed}: differs at the seal");
        }
        finally
        {
            await live.DisposeAsync();
            foreach (string file in Files()) File.Delete(file);
        }
    }

    private async Task DamageAsync(int seed, int size)
    {
        World world = new(seed, 200 + (size * 10));
        Random random = new(seed);
        await using InMemoryEventLog log = await LogOfAsync(world);
        Retractions retractions = world.Context(log.Names).Retractions;
        LiveOptions options = new() { Shards = 4, EventsPerPart = 40, PositionsPerFeeding = 40 };
        await using (LiveFold first = new(_actors, log, new Never(), _directory, options)) await first.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);
        string file = Assert.Single(Files());
        byte[] bytes = await File.ReadAllBytesAsync(file);
        if (random.Next(2) == 0) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        else bytes = bytes[..random.Next(bytes.Length)];
        await File.WriteAllBytesAsync(file, bytes);

        CountingFold replay = new(new WindowFold(_actors, log, new FoldOptions()));
        await using LiveFold live = new(_actors, log, replay, _directory, options);
        await live.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);
        Assert.True(await ReplayAsync(world, log, world.SealedAt) == SheetDigest.Of(await live.FoldAsync(world.Context(log.Names)), log.Names), $"seed {seed}");

        // What was found damaged is gone: the next folding has no need of the log's.
        int folds = replay.Folds;
        await live.FollowAsync([Scope(world, log, retractions)], WindowParts.Whole, world.SealedAt, default);
        await live.FoldAsync(world.Context(log.Names));
        Assert.True(folds == replay.Folds, $"seed {seed}: the damaged snapshot was taken again");
        await live.DisposeAsync();
        File.Delete(file);
    }

    /// <summary>Some parts are followed halfway, then others to the end, now and then by another process: those and no others are known, with the same bytes.</summary>
    private async Task PartsAsync(int seed, int size)
    {
        const int Parts = 8;
        World world = new(seed, 100 + (size * 10));
        Random random = new(seed);
        await using InMemoryEventLog log = await LogOfAsync(world);
        FoldContext context = world.Context(log.Names);
        IReadOnlyDictionary<int, SheetMerge> read = await new WindowFold(_actors, log, new FoldOptions()).FoldPartsAsync(context, new WindowParts(Parts, (1ul << Parts) - 1));
        LiveOptions options = new() { Shards = 16, EventsPerPart = 1 + random.Next(200), PositionsPerFeeding = 1 + random.Next(200) };
        LiveFold live = new(_actors, log, new Never(), _directory, options);
        try
        {
            foreach (long to in new[] { (world.OpenedAt + world.SealedAt) / 2, world.SealedAt })
            {
                WindowParts mine = new(Parts, (ulong)random.Next(1, 1 << Parts));
                if (random.Next(2) == 0)
                {
                    await live.DisposeAsync();
                    live = new LiveFold(_actors, log, new Never(), _directory, options);
                }

                await live.FollowAsync([Scope(world, log, context.Retractions)], mine, to, default);
                Assert.Equal((mine, to), live.Following);
                if (to != world.SealedAt) continue;
                WindowParts asked = new(Parts, (ulong)random.Next(1, 1 << Parts));
                IReadOnlyDictionary<int, SheetMerge> known = await live.FoldPartsAsync(context, asked, null, default);
                Assert.Equal(asked.And(mine).Numbers, known.Keys.Order());
                foreach ((int part, SheetMerge sheet) in known) Assert.True(read[part].ToPart().Bytes.AsSpan().SequenceEqual(sheet.ToPart().Bytes), $"seed {seed}: part {part} differs");
            }
        }
        finally
        {
            await live.DisposeAsync();
            foreach (string file in Files()) File.Delete(file);
        }
    }

    private static async Task<InMemoryEventLog> LogOfAsync(World world)
    {
        InMemoryEventLog log = new();
        await log.AppendAsync([.. world.Events.Select(e => e.Event)]);
        return log;
    }

    private static ActivityScope Scope(World world, InMemoryEventLog log, Retractions retractions) => new(World.Window, world.OpenedAt, log.Names, retractions);

    private async Task<Ledger.Core.Merkle.Digest> ReplayAsync(World world, InMemoryEventLog log, long position) =>
        SheetDigest.Of(await new WindowFold(_actors, log, new FoldOptions { Shards = 1 }).FoldAsync(world.Context(log.Names, position)), log.Names);

    private sealed class Never : IWindowFold
    {
        public Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default) =>
            throw new InvalidOperationException("the window was folded out of the log");
    }
}
