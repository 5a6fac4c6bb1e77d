using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Core.Accounting;

/// <summary>Stand-in.</summary>
public sealed class MoneyFold
{
    public MoneyFold(Contributions.Directory directory) => Directory = directory;
    public Contributions.Directory Directory { get; }
    public IReadOnlySet<long> UnfundedIn(Day window) => new HashSet<long>();
}
