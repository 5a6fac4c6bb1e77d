using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ledger.Benchmarks.Fold;

/// <summary>What this machine's memory gives all cores together: the roof over kernels that only move bytes.</summary>
internal static class MemoryBandwidth
{
    private const int ArrayBytes = 256 << 20;
    private const int Runs = 5;

    public static void Print()
    {
        int cores = Environment.ProcessorCount;
        byte[][] from = [.. Enumerable.Range(0, cores).Select(core => Filled((byte)core))];
        byte[][] to = [.. Enumerable.Range(0, cores).Select(_ => Filled(0))];
        double read = Best(core => GC.KeepAlive(Sum(from[core])));
        double copy = Best(core => from[core].CopyTo(to[core], 0));
        Console.WriteLine(FormattableString.Invariant($"memory: {read:F1} GB/s read, {copy:F1} GB/s copied (each byte read once and written once), {cores} cores, best of {Runs}"));

        double Best(Action<int> work)
        {
            double best = 0;
            for (int run = 0; run < Runs; run++)
            {
                long started = Stopwatch.GetTimestamp();
                Parallel.For(0, cores, work);
                best = Math.Max(best, (double)ArrayBytes * cores / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9);
            }

            return best;
        }
    }

    // Written once, so that every page is there.
    private static byte[] Filled(byte value)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(ArrayBytes);
        array.AsSpan().Fill(value);
        return array;
    }

    private static ulong Sum(byte[] bytes)
    {
        Vector<ulong> a = default, b = default, c = default, d = default;
        ReadOnlySpan<Vector<ulong>> words = MemoryMarshal.Cast<byte, Vector<ulong>>(bytes);
        for (int i = 0; i + 3 < words.Length; i += 4)
        {
            a += words[i];
            b += words[i + 1];
            c += words[i + 2];
            d += words[i + 3];
        }

        return Vector.Sum(a + b + c + d);
    }
}
