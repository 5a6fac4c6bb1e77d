using System.Text;
using Ledger.Core.Payouts.Proofs;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Proofs;

/// <summary>
/// The file is read strictly and refused with a stable code, and its form does not change by accident: <c>Vectors/proof-*.json</c> are
/// written anew by <c>WRITE_VECTORS=1 dotnet test --filter ProofFileTests</c>, and their diff is reviewed.
/// </summary>
public sealed class ProofFileTests
{
    public static TheoryData<string, string, string> Edits { get; } = new()
    {
        { "not-json", "{", "" },
        { "wrong-type", "\"31337\"", "31337" },
        { "field-missing", "\"kind\": \"payout\",", "" },
        { "field-unknown", "\"kind\"", "\"more\": 1, \"kind\"" },
        { "field-duplicate", "\"kind\"", "\"kind\": \"payout\", \"kind\"" },
        { "unknown-format", "weledger-proof-1", "weledger-proof-2" },
        { "unknown-kind", "\"payout\"", "\"other\"" },
        { "leaf-encoding", "\"uint256\"", "\"uint128\"" },
        { "bad-value", "2026-11-22", "2026-11-31" },
        { "too-many", "\"consistency\": [", "\"consistency\": [" + string.Concat(Enumerable.Repeat("\"\",", 64)) },
        { "not-canonical", "\"31337\"", "\"031337\"" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task A_file_that_is_not_as_written_is_refused(string code, string old, string with)
    {
        string file = await FileAsync();
        int at = file.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, old);
        ProofReading reading = ProofFile.Read(Encoding.UTF8.GetBytes(file[..at] + with + file[(at + old.Length)..]));
        Assert.Null(reading.Proof);
        Assert.Equal(code, reading.Error!.Code);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        byte[] file = Encoding.UTF8.GetBytes(await FileAsync());
        file[^5] = 0xff;
        Assert.Equal("invalid-utf8", ProofFile.Read(file).Error!.Code);
        Assert.Equal("too-large", ProofFile.Read(new byte[ProofFile.BytesMax + 1]).Error!.Code);
    }

    [Fact]
    public void The_codes_on_the_page_are_the_codes_there_are() => Assert.Equal(
        Edits.Select(row => (string)row[0]).Concat(["invalid-utf8", "too-large"]).Order(),
        SpecTables.Read("proofs.md", "Refusals of a file").Select(row => row["code"]).Order());

    [Fact]
    public async Task White_space_and_escapes_are_free()
    {
        string file = await FileAsync();
        byte[] respelt = Encoding.UTF8.GetBytes(file.Replace("\n", "").Replace("  ", "").Replace("\"ann\"", "\t\"\\u0061nn\"\r\n"));
        Assert.True(ProofVerifier.Verify(ProofFile.Read(respelt).Proof!).Ok);
    }

    [Fact]
    public async Task Names_of_any_script_survive_the_file()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        PayoutProof proof = (PayoutProof)(await world.ProofsAsync())[0];
        foreach (string name in (string[])["라이브", "a\"b\\c", "<&>", "𝄞\u2028"])
        {
            PayoutProof named = proof with { Account = new Core.Identity.AccountId(name) };
            Assert.Equal(named.Account, ((PayoutProof)ProofFile.Read(ProofFile.Write(named)).Proof!).Account);
        }
    }

    [Fact]
    public async Task The_files_are_those_on_record_and_verify()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        IReadOnlyList<Proof> proofs = await world.ProofsAsync();
        foreach ((string name, Proof proof) in ((string, Proof)[])[("proof-payout.json", proofs[1]), ("proof-activity.json", proofs[2]), ("proof-settlement.json", proofs[3])])
        {
            string path = Repository.PathOf($"Ledger.Tests/Vectors/{name}");
            if (Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1") await File.WriteAllBytesAsync(path, ProofFile.Write(proof));
            byte[] recorded = await File.ReadAllBytesAsync(path);
            Assert.Equal(Encoding.UTF8.GetString(recorded), Encoding.UTF8.GetString(ProofFile.Write(proof)));
            Assert.True(ProofVerifier.Verify(ProofFile.Read(recorded).Proof!).Ok);
        }
    }

    private static async Task<string> FileAsync()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        return Encoding.UTF8.GetString(ProofFile.Write((await world.ProofsAsync())[0]));
    }
}
