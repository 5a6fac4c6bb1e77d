using System.Net;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The way to the cluster's leader: found by gossip or by the address, left when it fails, followed when it moves.</summary>
/// <remarks>Members may be called from any thread.</remarks>
internal sealed class ClusterConnection(ConnectionSettings settings, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private NodeConnection? _node;
    private DnsEndPoint? _leader;
    private DnsEndPoint? _failed;

    /// <summary>The connection in use, or a new one.</summary>
    /// <exception cref="LogFaultException"><c>cluster-unreachable</c> after the attempts that the connection string allows; <c>access-denied</c>.</exception>
    public async ValueTask<NodeConnection> NodeAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _node) is { } node) return node;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_node is { } meanwhile) return meanwhile;
            string last = "no attempt was made";
            for (int attempt = 1; attempt <= settings.DiscoverAttemptsMax; attempt++)
            {
                try
                {
                    NodeConnection opened = await NodeConnection.OpenAsync(await EndpointAsync(cancel), settings, cancel);
                    Volatile.Write(ref _node, opened);
                    return opened;
                }
                catch (RpcException e) when (!cancel.IsCancellationRequested)
                {
                    if (ClusterErrors.Fatal(e) is { } fatal) throw fatal;
                    last = e.Status.Detail;
                    _leader = ClusterErrors.LeaderOf(e);
                }

                await Task.Delay(settings.DiscoveryInterval, clock, cancel);
            }

            throw new LogFaultException("cluster-unreachable", $"no leader at {string.Join(", ", settings.Hosts.Select(host => $"{host.Host}:{host.Port}"))} after {settings.DiscoverAttemptsMax} attempts ({last}); start the cluster or mend the connection string, then send again: that is safe");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves a connection that failed.</summary>
    /// <param name="failed">The connection, which others may have left already.</param>
    /// <param name="e">How it failed; it may say where the leader is.</param>
    public void Leave(NodeConnection failed, RpcException? e)
    {
        if (Interlocked.CompareExchange(ref _node, null, failed) != failed) return;
        _leader = e is null ? null : ClusterErrors.LeaderOf(e);
        _failed = failed.Endpoint;
        failed.Dispose();
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _node, null)?.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<DnsEndPoint> EndpointAsync(CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _leader, null) is { } told) return told;
        if (!settings.Discovers) return settings.Hosts[0];
        RpcException? last = null;
        foreach (DnsEndPoint seed in settings.Hosts.OrderBy(host => host.Equals(_failed)))
        {
            try
            {
                using NodeChannel channel = new(seed, settings);
                ClusterInfo cluster = await new Gossip.GossipClient(channel.Invoker)
                    .ReadAsync(new Empty(), new CallOptions(deadline: clock.GetUtcNow().UtcDateTime + settings.GossipTimeout, cancellationToken: cancel));
                if (cluster.Members.FirstOrDefault(member => member is { IsAlive: true, State: MemberState.Leader, Http: not null }) is { } leader)
                    return new DnsEndPoint(leader.Http.Address, (int)leader.Http.Port);
                last = new RpcException(new Status(StatusCode.Unavailable, $"{seed.Host}:{seed.Port} knows no leader"));
            }
            catch (RpcException e) when (!cancel.IsCancellationRequested)
            {
                last = e;
            }
        }

        throw last!;
    }
}
