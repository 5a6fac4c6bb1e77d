using Akka.Actor;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>Guaranteed: the parts of a window, folded apart, carried as bytes and added in any order, are the window's sheet; damaged bytes are refused.</summary>
public sealed class SheetPartTests : IDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create("part-tests", "akka.loglevel = OFF");

    public void Dispose() => _actors.Terminate().GetAwaiter().GetResult();

    [Property(MaxTest = 25)]
    public void Parts_in_any_order_add_up_to_the_sheet(int seed, PositiveInt size)
    {
        World world = new(seed, size.Get * 10);
        (FoldContext context, WindowFold fold) = Open(world, new FoldOptions());
        Digest expected = SheetDigest.Of(fold.FoldAsync(context).GetAwaiter().GetResult(), context.Directory.Names);
        SheetMerge sum = new(context);
        int[] order = [.. Enumerable.Range(0, ClusterFold.PartCount)];
        new Random(seed).Shuffle(order);
        foreach (int part in order) sum.Add(Part(context, fold, part).AsSpan());
        Assert.Equal(expected, SheetDigest.Of(sum.ToSheet(), context.Directory.Names));
    }

    [Property(MaxTest = 15)]
    public void A_part_has_the_same_bytes_however_it_was_folded(int seed, PositiveInt size)
    {
        World world = new(seed, 200 + (size.Get * 10));
        (FoldContext first, WindowFold alone) = Open(world, new FoldOptions());
        (FoldContext second, WindowFold cut) = Open(world, new FoldOptions { Shards = 64, EventsPerPassMax = 60, EventsPerGroup = 32 });
        int part = new Random(seed).Next(ClusterFold.PartCount);
        Assert.Equal(Part(first, alone, part), Part(second, cut, part));
    }

    [Fact]
    public void Bytes_cut_short_or_with_more_behind_are_refused()
    {
        (FoldContext context, WindowFold fold) = Open(new World(7, 300), new FoldOptions());
        byte[] part = Part(context, fold, 3);
        for (int size = 0; size < part.Length; size += 7) Refused(part[..size]);
        Refused([.. part, 0]);

        void Refused(byte[] bytes) => Assert.StartsWith("state-damaged", Assert.Throws<FormatException>(() => new SheetMerge(context).Add(bytes.AsSpan())).Message, StringComparison.Ordinal);
    }

    private static byte[] Part(FoldContext context, WindowFold fold, int part) =>
        fold.FoldPartsAsync(context, new WindowParts(ClusterFold.PartCount, 1ul << part)).GetAwaiter().GetResult()[part].ToPart().Bytes;

    private (FoldContext Context, WindowFold Fold) Open(World world, FoldOptions options)
    {
        InMemoryEventLog log = world.LogAsync(100).GetAwaiter().GetResult();
        return (world.Context(log.Names), new WindowFold(_actors, log, options));
    }
}
