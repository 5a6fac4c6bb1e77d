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
            for (int creator = 0; creator < 1_000; creator++) tally.Add(creator * 7, CreatorTally.Posts, creator);
        }

        Assert.Equal(1_000, tally.Count);
        for (int creator = 0; creator < 1_000; creator++)
            Assert.Equal(2 * creator, tally.Counts[(tally.Row(creator * 7) * CreatorTally.Columns) + CreatorTally.Posts]);
    }
}
