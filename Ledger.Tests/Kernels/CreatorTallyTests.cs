using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>A tally counts for as many creators as a shard meets.</summary>
public sealed class CreatorTallyTests
{
    [Fact]
    public void A_creator_that_makes_the_tally_grow_is_counted_like_any_other()
    {
        CreatorTally tally = new();
        for (int round = 0; round < 2; round++)
        {
            for (int creator = 0; creator < 5_000; creator++) tally.Add(creator * 7, CreatorTally.Posts, creator);
        }

        Assert.Equal(5_000, tally.Count);
        for (int creator = 0; creator < 5_000; creator++)
            Assert.Equal(2 * creator, tally[tally.Row(creator * 7), CreatorTally.Posts]);
    }

    [Fact]
    public void Counterparties_of_one_creator_are_counted_however_many_there_are()
    {
        CreatorTally tally = new();
        for (int account = 0; account < 20_000; account++)
        {
            tally.BeginAccount();
            tally.AddCounterparty(5, account % 32);
        }

        for (int kind = 0; kind < 5; kind++)
            Assert.Equal(Enumerable.Range(0, 20_000).Count(account => (((account % 32) >> kind) & 1) == 1), tally[tally.Row(5), CreatorTally.Viewers + kind]);
    }
}
