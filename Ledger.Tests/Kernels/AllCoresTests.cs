using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Work on all cores covers every row once and fails as one core would.</summary>
public sealed class AllCoresTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(AllCores.PieceRows)]
    [InlineData((3 * AllCores.PieceRows) + 1)]
    public void Every_row_is_done_once(int count)
    {
        int[] done = new int[count];
        AllCores.Rows(count, (from, to) =>
        {
            for (int row = from; row < to; row++) done[row]++;
        });
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void The_first_failure_in_order_is_thrown_as_it_is()
    {
        bool last = false;
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => AllCores.Run(
            () => { },
            () => throw new InvalidOperationException("second"),
            () => throw new NotSupportedException("third"),
            () => last = true));
        Assert.Equal("second", thrown.Message);
        Assert.True(last);
    }
}
