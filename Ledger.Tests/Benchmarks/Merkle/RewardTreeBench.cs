using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Benchmarks.Merkle;

/// <summary>The reward tree of a million payees: every tier of hashing, all proofs, and OpenZeppelin's tree over the same leaves.</summary>
internal static class RewardTreeBench
{
    private const int Runs = 5;
    private const int PeerLeaves = 100_000;

    public static void Run(int payees, bool peers)
    {
        RewardLeaf[] leaves = MakeLeaves(payees);
        RewardTree tree = RewardTree.Build(leaves);
        double bestMs = 0;
        foreach (KeccakTier tier in Enum.GetValues<KeccakTier>())
        {
            if (tier > KeccakTiers.Best) continue;
            double ms = Median(() => tree = RewardTree.Build(leaves, tier));
            if (tier == KeccakTiers.Best) bestMs = ms;
            Print($"reward tree: {payees:N0} leaves, {tier}: median {ms:0} ms of {Runs} runs, {2 * (ms * 1e6) / (3 * payees):0} ns of two cores per hash; root {tree.Root}");
        }

        Print($"reward tree: proofs for all {payees:N0} leaves: median {Median(() => Parallel.For(0, payees, i => tree.ProofFor(i))):0} ms");
        if (peers) Compare(leaves[..PeerLeaves], bestMs / payees);
    }

    private static void Compare(RewardLeaf[] leaves, double msPerLeaf)
    {
        string file = Path.GetTempFileName();
        try
        {
            using (StreamWriter writer = new(file))
            {
                foreach (RewardLeaf leaf in leaves) writer.Write(string.Create(CultureInfo.InvariantCulture, $"{leaf.Domain} {leaf.Payee} {leaf.Cumulative.BaseUnits}\n"));
            }

            JsonElement peer = Peer.Run("@openzeppelin/merkle-tree", "reward-tree.mjs", file);
            Digest root = RewardTree.Build(leaves).Root;
            if (peer.GetProperty("root").GetString() != root.ToString()) throw new InvalidOperationException($"the roots differ: {root}, OpenZeppelin {peer.GetProperty("root")}");
            double peerMs = peer.GetProperty("ms").GetDouble();
            Print($"reward tree: @openzeppelin/merkle-tree, {leaves.Length:N0} leaves: {peerMs:0} ms, the same root; per leaf {peerMs / leaves.Length / msPerLeaf:0} times as long");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static double Median(Action action)
    {
        double[] ms = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            action();
            ms[run] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(ms);
        return ms[Runs / 2];
    }

    private static RewardLeaf[] MakeLeaves(int payees)
    {
        Random random = new(1);
        byte[] bytes = new byte[Digest.SizeBytes];
        Digest domain = Next();
        RewardLeaf[] leaves = new RewardLeaf[payees];
        for (int i = 0; i < payees; i++) leaves[i] = new RewardLeaf(domain, Next(), TokenAmount.FromBaseUnits((ulong)random.NextInt64()));
        return leaves;

        Digest Next()
        {
            random.NextBytes(bytes);
            return Digest.FromBytes(bytes);
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
