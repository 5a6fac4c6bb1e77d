using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: a set of keys holds what was added since it was emptied, however many, and nothing else.</summary>
public sealed class KeySetTests
{
    [Property(MaxTest = 100)]
    public void Keys_are_those_of_a_hash_set(int seed, PositiveInt size)
    {
        Random random = new(seed);
        KeySet keys = new();
        for (int round = 0; round < 3; round++)
        {
            HashSet<ulong> expected = [];
            keys.Reset();
            for (int i = random.Next(size.Get * 10); i > 0; i--)
            {
                ulong key = 1 + (ulong)random.NextInt64(size.Get * 8L);
                Assert.Equal(expected.Add(key), keys.Add(key));
            }

            for (ulong key = 1; key <= (ulong)size.Get * 8; key++) Assert.Equal(expected.Contains(key), keys.Contains(key));
        }
    }
}
