using System.Text.Json;
using Ledger.Core.Merkle;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>The log tree answers every probe of the transparency.dev project as that project does.</summary>
public sealed class LogVectorTests
{
    private const string Vectors = "vectors/transparency-dev-merkle";

    [SharedDataFact(Vectors)]
    public void The_reference_tree_has_these_leaves_nodes_and_roots()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedData.Find($"{Vectors}/rfc6962_reference_tree.json")));
        var leaves = Strings(document.RootElement.GetProperty("leaf_inputs_hex")).Select(hex => LogHash.Leaf(Convert.FromHexString(hex))).ToArray();
        var log = new MemoryLog(leaves);
        var levels = document.RootElement.GetProperty("node_hashes_by_level").EnumerateArray().Select(Strings).ToArray();
        for (var level = 0; level < levels.Length; level++)
        {
            for (var index = 0; index < levels[level].Length; index++)
            {
                Assert.Equal("0x" + levels[level][index], log.Node(level, index).ToString());
            }
        }

        var frontier = new LogFrontier();
        var roots = Strings(document.RootElement.GetProperty("root_by_tree_size"));
        Assert.Equal(leaves.Length + 1, roots.Length);
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal("0x" + roots[size], frontier.Root().ToString());
            if (size < leaves.Length) frontier.Append(leaves[size]);
        }
    }

    [SharedDataFact(Vectors)]
    public void Every_inclusion_probe_gets_the_answer_wanted() => Assert.Equal(98, RunProbes("inclusion", probe =>
        InclusionProof.Verify(probe.Hash("root"), probe.Number("treeSize"), probe.Number("leafIdx"), probe.Hash("leafHash"), probe.Proof())));

    [SharedDataFact(Vectors)]
    public void Every_consistency_probe_gets_the_answer_wanted() => Assert.Equal(98, RunProbes("consistency", probe =>
        ConsistencyProof.Verify(probe.Hash("root1"), probe.Number("size1"), probe.Hash("root2"), probe.Number("size2"), probe.Proof())));

    private static int RunProbes(string folder, Func<Probe, bool> verify)
    {
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(SharedData.Find($"{Vectors}/testdata/{folder}"), "*.json", SearchOption.AllDirectories))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var probe = new Probe(document.RootElement);
            var isAccepted = !probe.HasEmptyHash && verify(probe);
            var isWanted = !document.RootElement.GetProperty("wantErr").GetBoolean();
            Assert.True(isAccepted == isWanted, $"{path}: accepted {isAccepted}, wanted {isWanted}");
            count++;
        }

        return count;
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString()!)];

    /// <remarks>
    /// Some probes hold hashes that are not 32 bytes. A <see cref="Digest"/> cannot be empty, so those are refused before
    /// any proof is looked at; a short text is filled up with zeros, which keeps equal ones equal and others apart.
    /// </remarks>
    private sealed record Probe(JsonElement Json)
    {
        private static readonly string[] HashNames = ["root", "root1", "root2", "leafHash"];

        public bool HasEmptyHash =>
            HashNames.Any(name => Json.TryGetProperty(name, out var hash) && hash.GetString() is null or "") ||
            ProofBytes().Any(hash => hash.Length == 0);

        public Digest Hash(string name) => Padded(Json.GetProperty(name).GetBytesFromBase64());

        /// <remarks>The probes count without a sign, we with one: what is 2^63 or more comes out negative.</remarks>
        public long Number(string name) => unchecked((long)Json.GetProperty(name).GetUInt64());

        public Digest[] Proof() => [.. ProofBytes().Select(Padded)];

        private IEnumerable<byte[]> ProofBytes() =>
            Json.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
                ? proof.EnumerateArray().Select(hash => hash.GetBytesFromBase64())
                : [];

        private static Digest Padded(byte[] bytes)
        {
            Assert.InRange(bytes.Length, 1, Digest.SizeBytes);
            var padded = new byte[Digest.SizeBytes];
            bytes.CopyTo(padded, 0);
            return Digest.FromBytes(padded);
        }
    }
}
