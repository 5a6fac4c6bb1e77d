using Ledger.Projections.Simulation;

namespace Ledger.Tests.ChainBridge.Model;

/// <summary>One sequence of random numbers that several parts of a schedule draw from, so that a seed repeats it all.</summary>
public sealed class Dice(ulong seed)
{
    private SplitMix64 _generator = new(seed);

    public ulong Next() => _generator.Next();
}
