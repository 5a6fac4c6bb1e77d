using System.Text;
using Ledger.Core.Rulesets;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Rulesets;

/// <summary>The default ruleset's canonical document and hash are fixed: a change here is a change for every community that starts with it.</summary>
public sealed class RulesetGoldenTests
{
    [Fact]
    public void Default_document_and_hash() =>
        VectorFile.Match("ruleset-default.txt", $"{Ruleset.Default.Hash}\n{Encoding.UTF8.GetString(RulesetDocument.Canonical(Ruleset.Default))}\n");
}
