using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Benchmarks.Merkle;

/// <summary>The reward tree of a window with a million payees.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 2, iterationCount: 5)]
public class RewardTreeBenchmark
{
    private RewardLeaf[] _leaves = [];

    [Params(100_000, 1_000_000)]
    public int Payees { get; set; }

    [GlobalSetup]
    public void MakeLeaves()
    {
        var random = new Random(1);
        var bytes = new byte[Digest.SizeBytes];
        var domain = NextDigest();
        _leaves = new RewardLeaf[Payees];
        for (var i = 0; i < Payees; i++)
        {
            _leaves[i] = new RewardLeaf(domain, NextDigest(), TokenAmount.FromBaseUnits((ulong)random.NextInt64()));
        }

        Digest NextDigest()
        {
            random.NextBytes(bytes);
            return Digest.FromBytes(bytes);
        }
    }

    [Benchmark]
    public Digest Build() => RewardTree.Build(_leaves).Root;
}
