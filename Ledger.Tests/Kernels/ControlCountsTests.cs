using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: events are counted by account and kind as a plain grouping counts them, however many cores share the work.</summary>
public sealed class ControlCountsTests
{
    private const int Names = 9;

    [Property(MaxTest = 200)]
    public void Counts_are_those_of_a_grouping(int seed, NonNegativeInt size, PositiveInt cores)
    {
        (int[] account, byte[] kind) = Events(seed, size.Get * 10);
        ControlCounts all = new(Names);
        foreach (int[] part in Enumerable.Range(0, account.Length).GroupBy(i => i % cores.Get).Select(group => group.ToArray()))
        {
            ControlCounts counts = new(Names);
            counts.Count([.. part.Select(i => account[i])], [.. part.Select(i => kind[i])]);
            all.Add(counts);
        }

        ILookup<(int, EventKind), int> groups = Enumerable.Range(0, account.Length).ToLookup(i => (account[i], (EventKind)kind[i]));
        for (int name = 0; name < Names; name++)
        {
            for (byte code = 1; code < EventKinds.ActivityCount; code++) Assert.Equal(groups[(name, (EventKind)code)].Count(), (int)all.Of(name, (EventKind)code));
            Assert.Equal(account.Count(a => a == name), (int)all.Of(name));
        }

        Assert.Equal(account.Length, all.Total());
    }

    [Property(MaxTest = 200)]
    public void The_first_event_that_is_missing_or_too_many_is_named(int seed, PositiveInt size, bool lost)
    {
        (int[] account, byte[] kind) = Events(seed, size.Get);
        int changed = new Random(seed).Next(account.Length);
        ControlCounts held = new(Names), judged = new(Names);
        held.Count(account, kind);
        Judge(judged, account, kind, i => i != changed ? 1u : lost ? 0u : 2u);
        Assert.Equal((account[changed], (EventKind)kind[changed]), held.FirstNotIn(judged));
    }

    [Property(MaxTest = 100)]
    public void An_account_without_a_verdict_for_each_event_is_named(int seed, PositiveInt size)
    {
        (int[] account, byte[] kind) = Events(seed, size.Get);
        ControlCounts held = new(Names), judged = new(Names);
        held.Count(account, kind);
        Judge(judged, account, kind, _ => 1);
        Assert.Null(held.FirstNotIn(judged));

        ShardTotals more = new();
        more.Judged.Add((account[^1], 0, 1));
        judged.Add(more);
        Assert.Equal((account[^1], EventKind.None), held.FirstNotIn(judged));
    }

    private static void Judge(ControlCounts judged, int[] account, byte[] kind, Func<int, uint> times)
    {
        ShardTotals totals = new();
        for (int i = 0; i < account.Length; i++)
        {
            totals.Judged.Add((account[i], kind[i], times(i)));
            totals.Judged.Add((account[i], 0, times(i)));
        }

        judged.Add(totals);
    }

    private static (int[] Account, byte[] Kind) Events(int seed, int count)
    {
        Random random = new(seed);
        return ([.. Enumerable.Range(0, count).Select(_ => random.Next(Names))], [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(1, EventKinds.ActivityCount))]);
    }
}
