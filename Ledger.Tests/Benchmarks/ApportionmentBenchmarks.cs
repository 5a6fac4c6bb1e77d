using BenchmarkDotNet.Attributes;
using Ledger.Core.Quantities;

namespace Ledger.Benchmarks;

/// <summary>Dividing one pool among a window's payees. Figure to hold: a million in well under a second.</summary>
[MemoryDiagnoser]
public class ApportionmentBenchmarks
{
    private UInt128[] _weights = [];
    private UInt128[] _parts = [];

    [Params(10_000, 1_000_000)]
    public int Payees { get; set; }

    [GlobalSetup]
    public void MakeWeights()
    {
        _weights = new UInt128[Payees];
        _parts = new UInt128[Payees];
        var state = 1UL;
        for (var i = 0; i < Payees; i++)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            _weights[i] = state >> 20;
        }
    }

    [Benchmark]
    public UInt128 LargestRemainder() => Apportionment.LargestRemainder(TokenAmount.Supply.BaseUnits, _weights, _parts);
}
