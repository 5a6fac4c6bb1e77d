using System.Collections;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The outcomes of an append without a duplicate: consecutive positions, without an entry for each.</summary>
internal sealed class NewOutcomes(long first, int count) : IReadOnlyList<AppendOutcome>
{
    public int Count => count;

    public AppendOutcome this[int index] => (uint)index < (uint)count
        ? new AppendOutcome(first + index, IsDuplicate: false)
        : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<AppendOutcome> GetEnumerator()
    {
        for (int i = 0; i < count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
