using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Where each event id stands in the log: what makes an append idempotent for ever.</summary>
internal sealed class IdIndex
{
    private readonly IdTable _recent = new(1 << 12);

    /// <summary>Ids held.</summary>
    public long Count => _recent.Count;

    /// <summary>Adds an id that is new, or tells where it stands.</summary>
    public bool TryAdd(EventId id, long position, out long standing) => _recent.TryAdd(id.Value, position, out standing);

    /// <summary>The position of an id, or −1.</summary>
    public long Find(EventId id) => _recent.Find(id.Value);
}
