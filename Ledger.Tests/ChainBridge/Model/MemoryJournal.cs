using Ledger.ChainBridge.Settlement;
using Ledger.Core.Events;

namespace Ledger.Tests.ChainBridge.Model;

/// <summary>A journal in memory: what is in the list is durable.</summary>
public class MemoryJournal : ISettlementJournal
{
    public List<EventPayload> Events { get; } = [];

    public virtual async IAsyncEnumerable<EventPayload> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (EventPayload payload in Events.ToArray()) yield return payload;
        await Task.CompletedTask;
    }

    public virtual Task AppendAsync(string batch, int count, EventPayload payload, CancellationToken cancel = default)
    {
        if (Events.Count(e => e.Stream(default) == StreamName.Settlement(batch)) != count) throw new SettlementConflictException(batch);
        Events.Add(payload);
        return Task.CompletedTask;
    }
}

/// <summary>The same, dying before or after an append when told to.</summary>
public sealed class DyingJournal(MemoryJournal journal, Func<Fault, bool> dies) : ISettlementJournal
{
    public IAsyncEnumerable<EventPayload> ReadAsync(CancellationToken cancel = default) => journal.ReadAsync(cancel);

    public async Task AppendAsync(string batch, int count, EventPayload payload, CancellationToken cancel = default)
    {
        if (dies(Fault.CrashBeforeAppend)) throw new CrashException();
        await journal.AppendAsync(batch, count, payload, cancel);
        if (dies(Fault.CrashAfterAppend)) throw new CrashException();
    }
}
