using System.Globalization;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge.Contracts;

/// <summary>
/// The contracts' own suite passes, its gas figures are those on record, the artifacts that are deployed are what the sources compile to,
/// and each rule taken out of the sources is missed by the test named for it.
/// </summary>
/// <remarks>One class, so that forge's cache has one user at a time. <c>SOAK=N</c> multiplies the fuzz and invariant runs.</remarks>
public sealed class ContractTests
{
    private const int InvariantDepth = 64;

    [PartFact("node", ContractFolder.Solc, ContractFolder.OpenZeppelin)]
    public async Task The_pinned_artifacts_are_what_the_sources_compile_to() =>
        await ContractFolder.RunAsync("node", ["tools/artifacts.mjs", "--check"]);

    [PartFact("node", ContractFolder.Solc, ContractFolder.OpenZeppelin)]
    public async Task Everything_public_has_its_notice_parameters_and_return_values_documented() =>
        Assert.Matches(@"^\d\d public things are documented", await ContractFolder.RunAsync("node", ["tools/natspec.mjs"]));

    [PartFact("node", ContractFolder.Forge, ContractFolder.Solc, ContractFolder.OpenZeppelin, ContractFolder.Uniswap)]
    public async Task Unit_fuzz_invariant_and_gas_tests_pass()
    {
        int count = 256 * Soak.Factor;
        string runs = count.ToString(CultureInfo.InvariantCulture);
        string said = await ContractFolder.RunAsync(
            ContractFolder.ForgeProgram, ["test", "--gas-snapshot-check=true"], "", ("FOUNDRY_FUZZ_RUNS", runs), ("FOUNDRY_INVARIANT_RUNS", runs));
        Assert.Matches($@"invariant_\w+\(\) \(runs: {runs}, calls: {count * InvariantDepth}", said);
        Assert.Contains(" 0 failed", said);
    }

    [PartFact("node", ContractFolder.Forge, ContractFolder.Solc, ContractFolder.OpenZeppelin, ContractFolder.Uniswap)]
    public async Task Each_mutant_dies_by_the_test_named_for_it()
    {
        string said = await ContractFolder.RunAsync("node", ["tools/mutants.mjs"]);
        foreach (string mutant in (string[])["omit the leaf's domain", "allow a repeated batch id", "approve without the delay", "pay past the approved total"])
            Assert.Contains($"killed    {mutant}", said);
    }

    [Fact]
    public void Artifacts_are_embedded_where_the_bridge_looks_for_them()
    {
        string[] names = System.Reflection.Assembly.Load("Ledger.ChainBridge").GetManifestResourceNames();
        Assert.Contains("contracts/WeToken.json", names);
        Assert.Contains("contracts/RewardDistributor.json", names);
    }
}
