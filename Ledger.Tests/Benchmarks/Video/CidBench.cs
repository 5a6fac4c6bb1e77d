using System.Diagnostics;
using System.Text.Json;
using Ledger.Host.Adapters.Video.Ipfs;
using Directory = System.IO.Directory;

namespace Ledger.Benchmarks.Video;

/// <summary>The CID of a file beside ipfs-unixfs-importer on the same file, one after the other, in the same run.</summary>
internal static class CidBench
{
    private const int Runs = 5;

    public static void Run(long sizeMib)
    {
        string folder = Directory.CreateTempSubdirectory("weledger-cid-").FullName;
        try
        {
            string file = Path.Combine(folder, "content");
            Write(file, sizeMib);
            (double[] ours, double[] peers) = (new double[Runs], new double[Runs]);
            for (int run = 0; run < Runs; run++)
            {
                long started = Stopwatch.GetTimestamp();
                string cid = FileCid.Of(file).ToString();
                ours[run] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                JsonElement peer = Peer.Run("ipfs-unixfs-importer", "cid.mjs", "0", file);
                peers[run] = peer.GetProperty("ms").GetDouble();
                if (peer.GetProperty("cids")[0].GetString() != cid) throw new InvalidOperationException($"{peer.GetProperty("cids")[0]} is the importer's, {cid} ours");
            }

            Array.Sort(ours);
            Array.Sort(peers);
            (double our, double their) = (ours[Runs / 2], peers[Runs / 2]);
            Print($"cid of {sizeMib:N0} MiB, medians of {Runs} alternating runs: {our:0} ms ({sizeMib / our * 1000 / 1024:0.00} GiB/s; {ours[0]:0}-{ours[^1]:0}), ipfs-unixfs-importer {their:0} ms ({peers[0]:0}-{peers[^1]:0}), the same CID");
            Print($"{their / our:0.00} times its speed; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MiB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string file, long sizeMib)
    {
        Random random = new(1);
        byte[] mib = new byte[1 << 20];
        using FileStream stream = File.Create(file);
        for (long i = 0; i < sizeMib; i++)
        {
            random.NextBytes(mib);
            stream.Write(mib);
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
