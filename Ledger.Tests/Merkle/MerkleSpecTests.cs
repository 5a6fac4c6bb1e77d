using System.Globalization;
using System.Security.Cryptography;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>Every number in the tables of <c>specs/merkle.md</c> is what the code computes.</summary>
public sealed class MerkleSpecTests
{
    private const string Page = "merkle.md";

    [Fact]
    public void The_reward_leaf_has_the_layout_of_the_page()
    {
        var leaf = ExampleLeaves()[1];
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["domain"] = leaf.Domain.ToArray(),
            ["payee"] = leaf.Payee.ToArray(),
            ["cumulative"] = [.. new byte[16], .. BigEndian(leaf.Cumulative.BaseUnits)],
        };
        var rows = SpecTables.Read(Page, "Reward leaf");
        Assert.Equal(values.Keys, rows.Select(row => row["field"]), StringComparer.Ordinal);
        var expected = new byte[rows.Sum(row => int.Parse(row["length"]))];
        foreach (var row in rows)
        {
            Assert.Equal(int.Parse(row["length"]), values[row["field"]].Length);
            values[row["field"]].CopyTo(expected, int.Parse(row["offset"]));
        }

        var actual = new byte[RewardLeaf.EncodedBytes];
        leaf.WriteTo(actual);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void The_reward_tree_is_that_of_the_worked_example()
    {
        var leaves = ExampleLeaves();
        var tree = RewardTree.Build(leaves);
        var encoding = new byte[RewardLeaf.EncodedBytes];
        foreach (var (row, i) in SpecTables.Read(Page, "Worked example: reward leaves").Select((row, i) => (row, i)))
        {
            leaves[i].WriteTo(encoding);
            Assert.Equal(i, int.Parse(row["leaf"]));
            Assert.Equal(row["inner hash"], Keccak256.Hash(encoding).ToString());
            Assert.Equal(row["leaf hash"], leaves[i].Hash().ToString());
            Assert.Equal(row["node"], tree.NodeIndexOf(i).ToString());
        }

        Assert.Equal(
            SpecTables.Read(Page, "Worked example: reward nodes").Select(row => (row["node"], row["hash"])),
            tree.Nodes.ToArray().Select((node, i) => (i.ToString(), node.ToString())));
        Assert.Equal(
            SpecTables.Read(Page, "Worked example: reward proofs").Select(row => (row["leaf"], row["step"], row["sibling"])),
            leaves.SelectMany((_, i) => tree.ProofFor(i).Select((sibling, step) => (i.ToString(), step.ToString(), sibling.ToString()))));
    }

    [Fact]
    public void The_log_hashes_have_the_prefixes_of_the_page()
    {
        var prefixes = SpecTables.Read(Page, "Log hashes").ToDictionary(row => row["hash of"], row => Bytes(row["prefix"]), StringComparer.Ordinal);
        byte[] content = [1, 2, 3];
        var (left, right) = (LogHash.Leaf([1]), LogHash.Leaf([2]));

        Assert.Equal(2, prefixes.Count);
        Assert.Equal(SHA256.HashData([.. prefixes["leaf"], .. content]), LogHash.Leaf(content).ToArray());
        Assert.Equal(
            SHA256.HashData([.. prefixes["node"], .. left.ToArray(), .. right.ToArray()]), LogHash.Node(left, right).ToArray());
    }

    [Fact]
    public void The_log_tree_is_that_of_the_worked_example()
    {
        var rows = SpecTables.Read(Page, "Worked example: log leaves");
        Assert.Equal(rows.Select((_, i) => i.ToString()), rows.Select(row => row["leaf"]), StringComparer.Ordinal);
        Assert.Equal(
            rows.Select(row => row["leaf hash"]),
            rows.Select(row => LogHash.Leaf(Bytes(row["content"])).ToString()),
            StringComparer.Ordinal);

        var log = ExampleLog();
        Assert.Equal(
            SpecTables.Read(Page, "Worked example: log roots").Select(row => (row["size"], row["root"])),
            Enumerable.Range(0, rows.Count + 1).Select(size => (size.ToString(), LogFrontier.At(log, size).Root().ToString())));
    }

    [Fact]
    public void The_log_proofs_are_those_of_the_worked_examples()
    {
        var log = ExampleLog();
        foreach (var proof in SpecTables.Read(Page, "Worked example: inclusion proofs").GroupBy(row => (row["leaf"], row["size"])))
        {
            var built = InclusionProof.Build(log, long.Parse(proof.Key.Item1), long.Parse(proof.Key.Item2));
            AssertSteps(proof, built);
        }

        foreach (var proof in SpecTables.Read(Page, "Worked example: consistency proofs").GroupBy(row => (row["old size"], row["new size"])))
        {
            var built = ConsistencyProof.Build(log, long.Parse(proof.Key.Item1), long.Parse(proof.Key.Item2));
            AssertSteps(proof, built);
        }
    }

    private static void AssertSteps(IEnumerable<IReadOnlyDictionary<string, string>> rows, Digest[] proof) => Assert.Equal(
        rows.Select(row => (row["step"], row["hash"])), proof.Select((hash, step) => (step.ToString(), hash.ToString())));

    private static RewardLeaf[] ExampleLeaves() =>
    [
        .. SpecTables.Read(Page, "Worked example: reward leaves").Select(row => new RewardLeaf(
            Digest.Parse(row["domain"]),
            Digest.Parse(row["payee"]),
            TokenAmount.FromBaseUnits(UInt128.Parse(row["cumulative"], CultureInfo.InvariantCulture)))),
    ];

    private static MemoryLog ExampleLog() =>
        new([.. SpecTables.Read(Page, "Worked example: log leaves").Select(row => LogHash.Leaf(Bytes(row["content"])))]);

    private static byte[] Bytes(string hex)
    {
        Assert.StartsWith("0x", hex, StringComparison.Ordinal);
        return Convert.FromHexString(hex.AsSpan(2));
    }

    private static byte[] BigEndian(UInt128 number)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }
}
