using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.Postgres;

namespace Ledger.Host.Composition;

/// <summary>The stores that a log can live in, chosen by the scheme of its address: one line per scheme.</summary>
internal static class LogStores
{
    private static readonly Dictionary<string, Store> ByScheme = new(StringComparer.Ordinal)
    {
        [""] = new(
            async (folder, cancel) => await EmbeddedEventLog.OpenAsync(folder, cancel),
            async (folder, cancel) => await EmbeddedEventLog.OpenReadOnlyAsync(folder, cancel),
            async (folder, cancel) => await EmbeddedEventLog.FollowAsync(folder, cancel)),
        ["esdb"] = EventStoreDb,
        ["esdb+discover"] = EventStoreDb,
        ["kurrentdb"] = EventStoreDb,
        ["kurrentdb+discover"] = EventStoreDb,
        ["postgres"] = Postgres,
        ["postgresql"] = Postgres,
    };

    // A reader of a cluster is told of every event anyway.
    private static Store EventStoreDb => new(
        async (address, cancel) => await EventStoreDbLog.OpenAsync(address, cancel),
        async (address, cancel) => await EventStoreDbLog.OpenReadOnlyAsync(address, cancel),
        async (address, cancel) => await EventStoreDbLog.OpenReadOnlyAsync(address, cancel));

    private static Store Postgres => new(
        async (address, cancel) => await PostgresEventLog.OpenAsync(address, cancel: cancel),
        async (address, cancel) => await PostgresEventLog.OpenReadOnlyAsync(address, cancel: cancel),
        async (address, cancel) => await PostgresEventLog.FollowAsync(address, cancel: cancel));

    private delegate Task<IEventLog> Opening(string address, CancellationToken cancel);

    /// <summary>Opens the log for appending, making it when there is none.</summary>
    public static Task<IEventLog> WriteAsync(LogAddress address, CancellationToken cancel) => Of(address).Write(address.Value, cancel);

    /// <summary>Opens the log as it stands now for reading only, beside a process that may be writing to it.</summary>
    public static Task<IEventLog> ReadAsync(LogAddress address, CancellationToken cancel) => Of(address).Read(address.Value, cancel);

    /// <summary>The same, and it goes on with what that process appends.</summary>
    public static Task<IEventLog> FollowAsync(LogAddress address, CancellationToken cancel) => Of(address).Follow(address.Value, cancel);

    private static Store Of(LogAddress address) => ByScheme.TryGetValue(address.Scheme, out Store? store)
        ? store
        : throw new FormatException($"log-scheme: no store is named '{address.Scheme}://'; give a folder{string.Concat(ByScheme.Keys.Where(scheme => scheme.Length > 0).Select(scheme => $" or {scheme}://…"))}");

    private sealed record Store(Opening Write, Opening Read, Opening Follow);
}
