using System.Reflection;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using NetArchTest.Rules;
using Xunit;

namespace Ledger.Tests.Architecture;

/// <summary>Guaranteed: knowledge flows one way, Core ← Projections ← Host and Core ← ChainBridge ← Host.</summary>
public sealed class DependencyTests
{
    private static readonly Assembly Core = typeof(EventKind).Assembly;
    private static readonly Assembly Projections = typeof(IEventLog).Assembly;

    [Fact]
    public void Core_references_the_framework_and_the_analysis_library_only()
    {
        IEnumerable<string> references = Core.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Equal(["MathNet.Numerics"], references);
    }

    [Fact]
    public void Projections_and_the_bridge_do_not_know_each_other_or_the_host()
    {
        Assert.DoesNotContain(Projections.GetReferencedAssemblies(), a => a.Name is "Ledger.ChainBridge" or "weledger");
        Assembly bridge = Assembly.Load("Ledger.ChainBridge");
        Assert.DoesNotContain(bridge.GetReferencedAssemblies(), a => a.Name is "Ledger.Projections" or "weledger");
    }

    [Theory]
    [InlineData("Ledger.Core.Identity")]
    [InlineData("Ledger.Core.Quantities")]
    [InlineData("Ledger.Core.Time")]
    [InlineData("Ledger.Core.Merkle")]
    [InlineData("Ledger.Core.Events")]
    [InlineData("Ledger.Core.Contributions")]
    [InlineData("Ledger.Core.Kernels")]
    public void Rooms_below_the_rules_do_not_know_them(string room)
    {
        TestResult result = Types.InAssembly(Core).That().ResideInNamespace(room)
            .ShouldNot().HaveDependencyOnAny("Ledger.Core.Payouts", "Ledger.Core.Accounting", "Ledger.Core.Economics", "Ledger.Core.Rulesets").GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void Money_paths_do_not_know_the_economists_analysis()
    {
        TestResult result = Types.InAssembly(Core).That().DoNotResideInNamespace("Ledger.Core.Economics")
            .ShouldNot().HaveDependencyOnAny("Ledger.Core.Economics", "MathNet.Numerics").GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void No_room_is_a_junk_drawer()
    {
        string[] junk = ["Common", "Utils", "Util", "Helpers", "Helper", "Managers", "Manager", "Misc", "Shared"];
        IEnumerable<string> found = new[] { Core, Projections }.SelectMany(a => a.GetTypes())
            .Where(t => junk.Any(word => t.Name.EndsWith(word, StringComparison.Ordinal) || (t.Namespace ?? "").Split('.').Contains(word)))
            .Select(t => t.FullName!).Where(name => !name.EndsWith("EventKind+Shared", StringComparison.Ordinal) && name != "Ledger.Core.Events.Shared");
        Assert.Empty(found);
    }
}
