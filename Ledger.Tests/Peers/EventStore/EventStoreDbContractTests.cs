using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Tests.EventLog;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The store over the protocol, against a server that knows nothing of ledgers.</summary>
public sealed class EventStoreDbHarness(bool hidesBatchAppend = false) : LogHarness
{
    private ClusterDouble? _cluster;
    private IEventLog? _open;

    public override async Task<IEventLog> OpenAsync()
    {
        _cluster ??= await ClusterDouble.StartAsync();
        _cluster.HidesBatchAppend = hidesBatchAppend;
        if (_open is not null) await _open.DisposeAsync();
        return _open = await EventStoreDbLog.OpenAsync(_cluster.Address());
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

public sealed class EventStoreDbAppendTests() : AppendContract(new EventStoreDbHarness());

public sealed class EventStoreDbSingleAppendTests() : AppendContract(new EventStoreDbHarness(hidesBatchAppend: true));

public sealed class EventStoreDbReadTests() : ReadContract(new EventStoreDbHarness());

public sealed class EventStoreDbSubscribeTests() : SubscribeContract(new EventStoreDbHarness());
