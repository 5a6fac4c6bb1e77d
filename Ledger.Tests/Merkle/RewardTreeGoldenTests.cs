using System.Text;
using System.Text.Json;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>
/// The reward tree is OpenZeppelin's StandardMerkleTree byte for byte: the same leaf hashes, layout, root and proofs.
/// The golden file is written by <c>Ledger.Tests/Vectors/reward-tree.mjs</c>.
/// </summary>
public sealed class RewardTreeGoldenTests
{
    private const string Dumps = "vectors/openzeppelin-merkle-tree/test/dumps";

    [Fact]
    public void Leaves_layout_and_root_are_openzeppelins()
    {
        foreach (var golden in GoldenTrees())
        {
            var tree = RewardTree.Build(golden.Leaves);

            Assert.Equal(golden.Hashes, golden.Leaves.Select(leaf => leaf.Hash()));
            Assert.Equal(golden.Nodes, tree.Nodes.ToArray());
            Assert.Equal(golden.NodeIndices, Enumerable.Range(0, tree.LeafCount).Select(tree.NodeIndexOf));
            Assert.Equal(golden.Root, tree.Root);
        }
    }

    [Fact]
    public void Proofs_are_openzeppelins_and_verify()
    {
        var proofCount = 0;
        foreach (var golden in GoldenTrees())
        {
            var tree = RewardTree.Build(golden.Leaves);
            for (var i = 0; i < golden.Proofs.Length; i++, proofCount++)
            {
                Assert.Equal(golden.Proofs[i], tree.ProofFor(i));
                Assert.True(RewardProof.Verify(golden.Root, golden.Leaves[i], golden.Proofs[i]));
            }
        }

        Assert.Equal(1 + 2 + 3 + 5 + 7 + 8 + 33, proofCount);
    }

    [SharedDataFact(Dumps)]
    public void The_librarys_own_dump_is_reproduced_from_its_values()
    {
        using var dump = Dump("standard-v1.sorted.1_0_6.json");
        var values = dump.RootElement.GetProperty("values").EnumerateArray().ToArray();

        var tree = RewardTree.FromHashes([.. values.Select(LeafHash)]);

        Assert.Equal(Digests(dump.RootElement.GetProperty("tree")), tree.Nodes.ToArray());
        Assert.Equal(values.Select(NodeIndex), Enumerable.Range(0, tree.LeafCount).Select(tree.NodeIndexOf));
    }

    [SharedDataFact(Dumps)]
    public void Every_proof_out_of_the_librarys_unsorted_dump_verifies()
    {
        using var dump = Dump("standard-v1.unsorted.1_0_6.json");
        var nodes = Digests(dump.RootElement.GetProperty("tree"));
        Assert.NotEmpty(dump.RootElement.GetProperty("values").EnumerateArray());
        foreach (var value in dump.RootElement.GetProperty("values").EnumerateArray())
        {
            var siblings = new List<Digest>();
            for (var node = NodeIndex(value); node > 0; node = (node - 1) / 2) siblings.Add(nodes[node % 2 == 1 ? node + 1 : node - 1]);

            Assert.Equal(nodes[NodeIndex(value)], LeafHash(value));
            Assert.True(RewardProof.Verify(nodes[0], LeafHash(value), siblings.ToArray()));
        }
    }

    private static JsonDocument Dump(string file) => JsonDocument.Parse(File.ReadAllText(SharedData.Find($"{Dumps}/{file}")));

    private static int NodeIndex(JsonElement value) => value.GetProperty("treeIndex").GetInt32();

    private static Digest LeafHash(JsonElement value) => RewardProof.HashLeaf(AbiString(value.GetProperty("value")[0].GetString()!));

    /// <summary>The ABI encoding of one string of at most 32 bytes: offset, length, text padded with zeros.</summary>
    private static byte[] AbiString(string text)
    {
        var encoded = new byte[96];
        encoded[31] = 32;
        encoded[63] = (byte)Encoding.UTF8.GetBytes(text, encoded.AsSpan(64));
        return encoded;
    }

    private static Digest[] Digests(JsonElement array) => [.. array.EnumerateArray().Select(e => Digest.Parse(e.GetString()))];

    private static IEnumerable<GoldenTree> GoldenTrees()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("Ledger.Tests/Vectors/reward-tree.json")));
        var domain = Digest.Parse(document.RootElement.GetProperty("domain").GetString());
        foreach (var tree in document.RootElement.GetProperty("trees").EnumerateArray())
        {
            var leaves = tree.GetProperty("leaves").EnumerateArray().ToArray();
            yield return new GoldenTree(
                [.. leaves.Select(leaf => new RewardLeaf(
                    domain,
                    Digest.Parse(leaf.GetProperty("payee").GetString()),
                    TokenAmount.FromBaseUnits(UInt128.Parse(leaf.GetProperty("cumulative").GetString()!))))],
                [.. leaves.Select(leaf => Digest.Parse(leaf.GetProperty("hash").GetString()))],
                [.. leaves.Select(NodeIndex)],
                [.. leaves.Where(leaf => leaf.TryGetProperty("proof", out _)).Select(leaf => Digests(leaf.GetProperty("proof")))],
                Digest.Parse(tree.GetProperty("root").GetString()),
                Digests(tree.GetProperty("tree")));
        }
    }

    private sealed record GoldenTree(
        RewardLeaf[] Leaves, Digest[] Hashes, int[] NodeIndices, Digest[][] Proofs, Digest Root, Digest[] Nodes);
}
