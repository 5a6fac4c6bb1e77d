using Ledger.Core.Time;

namespace Ledger.Core.Accounting;

/// <summary>Stand-in.</summary>
public sealed class MoneyFold(Contributions.Directory directory)
{
    private readonly HashSet<long> _unfunded = [];

    public Contributions.Directory Directory { get; } = directory;

    public IReadOnlySet<long> UnfundedIn(Day window) => _unfunded;
}
