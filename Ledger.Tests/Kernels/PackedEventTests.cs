using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.DayWindows;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: an event that was packed, dealt and cut comes out as it went in, whatever its numbers are.</summary>
public sealed class PackedEventTests
{
    private const int Shards = 4, Names = 23;
    private static readonly EventFrame Frame = new(openedAt: 1_000, startMs: 1_700_000_000_000);

    [Property(MaxTest = 200)]
    public void What_is_dealt_comes_out_in_log_order(int seed, PositiveInt size)
    {
        ActivityColumns columns = Events(new Random(seed), size.Get * 3);
        ShardBuffer[] shards = Deal(columns, out _);
        for (int account = 0; account < Names; account++)
        {
            List<ShardEvent> mine = [];
            shards[account % Shards].Collect(account, Frame, mine);
            Assert.Equal(Expected(columns, account, long.MaxValue), mine.Select(Fields));
        }
    }

    [Property(MaxTest = 100)]
    public void A_slice_is_cut_before_a_position_and_never_between_an_event_and_its_value(int seed, PositiveInt size)
    {
        Random random = new(seed);
        ActivityColumns columns = Events(random, size.Get * 3);
        Deal(columns, out EventSlice[] slices);
        int at = random.Next(columns.Count);
        foreach (long before in new[] { columns.Position[at], columns.Position[at] + 1 })
        {
            for (int account = 0; account < Names; account++)
            {
                ShardBuffer cut = new(account % Shards, Shards);
                cut.Add(slices[account % Shards].Before(before, Frame));
                List<ShardEvent> mine = [];
                cut.Collect(account, Frame, mine);
                Assert.Equal(Expected(columns, account, before), mine.Select(Fields));
            }
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(510, true)]
    [InlineData(511, false)]
    [InlineData(-1, false)]
    [InlineData(long.MaxValue, false)]
    public void Only_a_small_value_lies_with_its_event(long value, bool fits)
    {
        ActivityColumns columns = new();
        columns.Add(1_007, EventKind.Viewed, 4, 9, value, 1_700_000_000_123);
        ShardBuffer[] shards = Deal(columns, out _);
        Assert.Equal(fits ? 1 : 2, shards[0].Count);
    }

    [Fact]
    public void Rooms_of_groups_do_not_overlap_and_are_used_again()
    {
        GroupRoom rooms = new(eventsPerGroup: 64);
        (PackedEvent[] Array, int Offset)[] first = Fill(), again = Fill();
        Assert.Equal(first, again);

        (PackedEvent[] Array, int Offset)[] Fill()
        {
            ArraySegment<PackedEvent>[] taken = [.. Enumerable.Range(0, 100).Select(i => rooms.Rent(32 + i))];
            for (int i = 0; i < taken.Length; i++) taken[i].AsSpan().Fill(new PackedEvent((uint)i, 1, i, 0, 0, 0));
            for (int i = 0; i < taken.Length; i++) Assert.All(taken[i], e => Assert.Equal(i, e.Target));
            rooms.Recycle();
            return [.. taken.Select(room => (room.Array!, room.Offset))];
        }
    }

    private static ShardBuffer[] Deal(ActivityColumns columns, out EventSlice[] slices)
    {
        EventDealer dealer = new(Shards, Names, Frame);
        dealer.Take(columns);
        (PackedEvent[] events, int[] starts) = dealer.Deal(count => new PackedEvent[count]);
        slices = [.. Enumerable.Range(0, Shards).Select(shard => new EventSlice(events, starts[shard], starts[shard + 1] - starts[shard]))];
        ShardBuffer[] shards = [.. Enumerable.Range(0, Shards).Select(shard => new ShardBuffer(shard, Shards))];
        for (int shard = 0; shard < Shards; shard++) shards[shard].Add(slices[shard]);
        return shards;
    }

    private static IEnumerable<(long, EventKind, int, int, long, long)> Expected(ActivityColumns columns, int account, long before) =>
        Enumerable.Range(0, columns.Count).Select(i => ShardEvent.From(columns, i)).Where(e => e.Account == account && e.Position < before).Select(Fields);

    private static (long, EventKind, int, int, long, long) Fields(ShardEvent e) => (e.Position, e.Kind, e.Account, e.Target, e.Value, e.OccurredAtMs);

    private static ActivityColumns Events(Random random, int count)
    {
        ActivityColumns columns = new();
        long position = Frame.OpenedAt;
        for (int i = 0; i < count; i++)
        {
            position += random.Next(20) == 0 ? 1L << 31 : random.Next(1, 5);
            long value = Pick(0, random.Next(511), 510, 511, random.NextInt64(), -1, long.MinValue);
            long time = Pick(0, random.Next(86_400_000), -1, (1 << 27) - 1, 1 << 27, -(1 << 27), -(1 << 27) - 1, -1_700_000_000_000);
            columns.Add(position, (EventKind)random.Next(1, EventKinds.ActivityCount), random.Next(Names), random.Next(-1, int.MaxValue), value, Frame.StartMs + time);
        }

        return columns;

        long Pick(params long[] of) => of[random.Next(of.Length)];
    }
}
