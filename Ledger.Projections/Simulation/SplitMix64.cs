namespace Ledger.Projections.Simulation;

/// <summary>A small, fast generator whose numbers are the same on every machine and version: splitmix64 (Steele, Lea and Flood, 2014).</summary>
/// <remarks>For made-up communities and tests; never for anything that must not be guessed.</remarks>
public struct SplitMix64(ulong seed)
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    private ulong _state = seed;

    /// <summary>The mixing function by itself: a bijection of 64 bits.</summary>
    public static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += Golden;
            return Mix(_state);
        }
    }

    /// <summary>The next number from 0 to <paramref name="bound"/> − 1, by multiplication; its bias is below bound / 2^64.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);
}
