using Ledger.Core.Events;

namespace Ledger.ChainBridge.Settlement;

/// <summary>Where settlement remembers: the log, seen from here.</summary>
public interface ISettlementJournal
{
    /// <summary>Every settlement event, in log order.</summary>
    IAsyncEnumerable<EventPayload> ReadAsync(CancellationToken cancel = default);

    /// <summary>Makes an event durable. What it returns from is never forgotten.</summary>
    /// <param name="batch">Whose stream.</param>
    /// <param name="count">How many events that stream must have before.</param>
    /// <param name="payload">What happened.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="SettlementConflictException">Another process wrote to the stream meanwhile.</exception>
    Task AppendAsync(string batch, int count, EventPayload payload, CancellationToken cancel = default);
}

/// <summary>Two processes settle the same batch: the later one must stop and read the log again.</summary>
public sealed class SettlementConflictException : Exception
{
    public SettlementConflictException()
        : this("(unknown)")
    {
    }

    public SettlementConflictException(string batch)
        : base($"settlement-conflict: another process works on {batch}; let one of them go on and stop the other")
    {
    }

    public SettlementConflictException(string batch, Exception innerException)
        : base($"settlement-conflict: another process works on {batch}; let one of them go on and stop the other", innerException)
    {
    }
}
