using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: a tally counts for as many creators and as many counterparties as a shard meets.</summary>
public sealed class CreatorTallyTests
{
    [Fact]
    public void Counterparties_of_one_creator_are_counted_however_many_there_are()
    {
        OwnerSlot[] slots = new OwnerSlot[6];
        CreatorTally tally = new(slots);
        ShardTotals totals = new();
        for (int account = 0; account < 20_000; account++)
        {
            tally.BeginAccount(totals);
            tally.Add(ref slots[5], 5, CreatorTally.One(account % 64));
        }

        tally.MoveTo(totals);
        for (int column = 0; column < CreatorTally.Columns; column++)
        {
            Assert.Equal(Enumerable.Range(0, 20_000).Count(account => (((account % 64) >> column) & 1) == 1), Total(totals, owner: 5, column));
            Assert.Equal(0, Total(totals, owner: 4, column));
        }
    }

    [Fact]
    public void A_tally_that_handed_over_counts_from_nothing_again()
    {
        OwnerSlot[] slots = new OwnerSlot[3_000];
        CreatorTally tally = new(slots);
        for (int round = 0; round < 2; round++)
        {
            ShardTotals totals = new();
            tally.BeginAccount(totals);
            for (int owner = 0; owner < 3_000; owner++) tally.Add(ref slots[owner], owner, CreatorTally.One(1 << (owner % CreatorTally.Columns)));
            tally.MoveTo(totals);
            for (int owner = 0; owner < 3_000; owner++) Assert.Equal(1, Total(totals, owner, owner % CreatorTally.Columns));
        }
    }

    private static int Total(ShardTotals totals, int owner, int column)
    {
        int sum = 0;
        for (int i = 0; i < totals.ReceivedOwner.Length; i++)
        {
            if (totals.ReceivedOwner[i] == owner) sum += (int)CreatorTally.Unpack(totals.ReceivedPacked[i], column);
        }

        return sum;
    }
}
