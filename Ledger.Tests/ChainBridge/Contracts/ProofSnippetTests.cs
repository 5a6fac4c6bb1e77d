using Ledger.Core.Merkle;
using Ledger.Tests.Proofs;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge.Contracts;

/// <summary>A holder checks our proof files with OpenZeppelin's library alone: <c>specs/verify-proof.mjs</c> accepts them, and nothing changed.</summary>
public sealed class ProofSnippetTests
{
    [PartFact("node", ContractFolder.MerkleTree)]
    public async Task The_snippet_verifies_the_ledgers_proofs()
    {
        foreach ((string file, string amount) in ((string, string)[])[("proof-payout.json", "has earned 1000"), ("proof-activity.json", "has earned 140"), ("proof-settlement.json", "can claim 700")])
        {
            (int exit, string said) = await VerifyAsync(Repository.PathOf($"Ledger.Tests/Vectors/{file}"));
            Assert.True(exit == 0, said);
            Assert.Contains($"{amount} base units", said);
        }
    }

    [PartFact("node", ContractFolder.MerkleTree)]
    public async Task The_snippet_refuses_another_amount_and_another_sibling()
    {
        string folder = Directory.CreateTempSubdirectory("weledger-proof-").FullName;
        foreach ((string name, string what, string with, string because) in ((string, string, string, string)[])
        [
            ("proof-payout.json", "\"1000\"", "\"1001\"", "does not have the hash"),
            ("proof-payout.json", "\"0x26b22e26", "\"0x26b22e27", "does not lead"),
            ("proof-settlement.json", "\"700\"", "\"701\"", "does not have the hash"),
            ("proof-settlement.json", ProofWorld.Settled.Leaves[0].Hash().ToString(), Digest.Zero.ToString(), "does not lead"),
        ])
        {
            string proof = await File.ReadAllTextAsync(Repository.PathOf($"Ledger.Tests/Vectors/{name}"));
            Assert.Contains(what, proof);
            string file = Path.Combine(folder, "proof.json");
            await File.WriteAllTextAsync(file, proof.Replace(what, with));
            (int exit, string said) = await VerifyAsync(file);
            Assert.NotEqual(0, exit);
            Assert.Contains(because, said);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <remarks>From standard input, so that its import is looked for in the folder where npm installed the library.</remarks>
    private static async Task<(int Exit, string Output)> VerifyAsync(string file) => await ContractFolder.TryAsync(
        "node", ["--input-type=module", "-", file], await File.ReadAllTextAsync(Repository.PathOf("specs/verify-proof.mjs")));
}
