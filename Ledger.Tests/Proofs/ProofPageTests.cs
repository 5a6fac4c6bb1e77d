using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Proofs;

/// <summary><c>specs/proofs.md</c> says what the code does: its checks by name and order, and its examples number by number.</summary>
public sealed class ProofPageTests
{
    [Fact]
    public async Task The_checks_on_the_page_are_the_checks_that_are_made()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        PayoutProof full = (PayoutProof)(await world.Builder.AccountAsync(ProofWorld.Ben, ProofWorld.FirstDay, wholeStatement: true)).Proof!;
        ProofReport payout = ProofVerifier.Verify(full);
        ProofReport activity = ProofVerifier.Verify((await world.Builder.EventAsync(world.Like, wholeStatement: true)).Proof!);
        ProofReport settlement = ProofVerifier.Verify((await world.Builder.SettlementAsync(ProofWorld.Ben, wholeStatement: true)).Proof!);

        string[] made = [.. payout.Checks.Select(check => check.Name), .. Own(activity), .. Own(settlement)];
        Assert.Equal(SpecTables.Read("proofs.md", "Checks").Select(row => row["check"]), made);
    }

    [Fact]
    public void The_reward_leaves_on_the_page_are_recomputed()
    {
        var rows = SpecTables.Read("proofs.md", "Worked example: reward leaves");
        RewardClaim[] claims = [.. rows.Select(Claim)];
        RewardTree tree = RewardTree.Build([.. claims.Select(claim => claim.Leaf)]);
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.Equal(rows[i]["domain"], claims[i].Domain().ToString());
            Assert.Equal(rows[i]["payee"], Payee(rows[i]).ToString());
            Assert.Equal(rows[i]["leaf hash"], claims[i].Leaf.Hash().ToString());
            Assert.Equal(rows[i]["reward root"], tree.Root.ToString());
            Assert.Equal([Digest.Parse(rows[1 - i]["leaf hash"])], tree.ProofFor(i));
        }
    }

    [Fact]
    public void The_checkpoint_on_the_page_has_its_id()
    {
        var row = Assert.Single(SpecTables.Read("proofs.md", "Worked example: checkpoint"));
        LogCheckpoint checkpoint = LogCheckpoint.Of(long.Parse(row["size"], CultureInfo.InvariantCulture), Digest.Parse(row["root"]));
        Assert.Equal(row["id"], checkpoint.Id.ToString());
    }

    private static IEnumerable<string> Own(ProofReport report) => report.Checks.Select(check => check.Name).Where(name => !name.StartsWith("payout.", StringComparison.Ordinal));

    private static RewardClaim Claim(IReadOnlyDictionary<string, string> row)
    {
        RewardLeaf leaf = new(Digest.Parse(row["domain"]), Digest.Parse(row["payee"]), TokenAmount.FromBaseUnits(UInt128.Parse(row["amount"], CultureInfo.InvariantCulture)));
        return new RewardClaim(31_337, new WalletAddress(0, 0xd1), new WalletAddress(0, 0x71), leaf, leaf.Hash(), [], Digest.Zero);
    }

    private static Digest Payee(IReadOnlyDictionary<string, string> row) => WalletAddress.TryParse(row["wallet"], out WalletAddress wallet)
        ? Core.Payouts.PayeeNames.Of(wallet)
        : Core.Payouts.PayeeNames.OfAccount(System.Text.Encoding.UTF8.GetBytes(row["account"]));
}
