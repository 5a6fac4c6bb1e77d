using BenchmarkDotNet.Attributes;
using Ledger.Core.Merkle;

namespace Ledger.Benchmarks.Merkle;

/// <summary>One-shot Keccak-256: 64 and 96 bytes (a node and a leaf) take one permutation each, 1,360 bytes take eleven.</summary>
[MemoryDiagnoser]
public class KeccakBenchmark
{
    private readonly byte[] _digest = new byte[Keccak256.DigestBytes];
    private byte[] _message = [];

    [Params(64, 96, 1360)]
    public int MessageBytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _message = new byte[MessageBytes];
        new Random(1).NextBytes(_message);
    }

    [Benchmark]
    public void Hash() => Keccak256.Hash(_message, _digest);
}
