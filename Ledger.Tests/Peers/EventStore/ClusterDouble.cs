using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Ledger.Host.Api.EventStore;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Microsoft.AspNetCore.Http;
using Endpoint = Ledger.Projections.EventLog.EventStoreDb.Protocol.Endpoint;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>
/// A cluster of nodes that share one store, as replicas do once they agree: one leads, the others send who needs the leader to it.
/// Nodes can be killed and started again at their address, the leader can move, connections can be cut around an append.
/// </summary>
internal sealed class ClusterDouble : IAsyncDisposable
{
    private readonly FaceHost?[] _nodes;
    private readonly int[] _ports;
    private volatile int _leader;

    private ClusterDouble(int nodes)
    {
        _nodes = new FaceHost?[nodes];
        _ports = new int[nodes];
        Store = new CuttingStore(new GenericStreams());
    }

    public CuttingStore Store { get; }

    public int Leader => _leader;

    /// <summary>Calls that a follower sent away.</summary>
    public int SentToLeader { get; private set; }

    /// <summary>Hides BatchAppend from clients, as servers before it did.</summary>
    public bool HidesBatchAppend { get; set; }

    public static async Task<ClusterDouble> StartAsync(int nodes = 1)
    {
        ClusterDouble cluster = new(nodes);
        for (int i = 0; i < nodes; i++) await cluster.StartNodeAsync(i);
        return cluster;
    }

    /// <summary>A connection string of one node, short in its patience so that tests are.</summary>
    public string Address(int node = 0) => $"esdb://localhost:{_ports[node]}?tls=false&discoveryInterval=20&maxDiscoverAttempts=200";

    /// <summary>A connection string by which a client discovers the leader.</summary>
    public string Discovery() => $"esdb+discover://{string.Join(',', _ports.Select(port => $"localhost:{port}"))}?tls=false&discoveryInterval=20&maxDiscoverAttempts=200&gossipTimeout=2";

    public async Task StartNodeAsync(int node)
    {
        FaceHost host = await FaceHost.StartAsync(Store, port: _ports[node], interpose: (context, next) => InterposeAsync(node, context, next));
        (_nodes[node], _ports[node]) = (host, host.Port);
    }

    public async Task KillNodeAsync(int node)
    {
        if (Interlocked.Exchange(ref _nodes[node], null) is { } host) await host.DisposeAsync();
    }

    public void MoveLeader(int node) => _leader = node;

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < _nodes.Length; i++) await KillNodeAsync(i);
    }

    private Task InterposeAsync(int node, HttpContext context, RequestDelegate next)
    {
        string path = context.Request.Path.Value!;
        if (path.EndsWith("Gossip/Read", StringComparison.Ordinal)) return AnswerAsync(context, Members());
        if (HidesBatchAppend && path.EndsWith("GetSupportedMethods", StringComparison.Ordinal)) return AnswerAsync(context, new SupportedMethods { ServerVersion = "20.10.0" });
        if (node == _leader || !context.Request.Headers.TryGetValue("requires-leader", out var needed) || !needed.ToString().Equals("true", StringComparison.OrdinalIgnoreCase)) return next(context);
        SentToLeader++;
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "5";
        context.Response.Headers["grpc-message"] = "Leader info available";
        context.Response.Headers["exception"] = "not-leader";
        context.Response.Headers["leader-endpoint-host"] = "localhost";
        context.Response.Headers["leader-endpoint-port"] = $"{_ports[_leader]}";
        return Task.CompletedTask;
    }

    private ClusterInfo Members()
    {
        ClusterInfo cluster = new();
        for (int i = 0; i < _ports.Length; i++)
            cluster.Members.Add(new ClusterMember { State = i == _leader ? MemberState.Leader : MemberState.Follower, IsAlive = _nodes[i] is not null, Http = new Endpoint { Address = "localhost", Port = (uint)_ports[i] } });
        return cluster;
    }

    private static async Task AnswerAsync(HttpContext context, IMessage message)
    {
        byte[] bytes = message.ToByteArray();
        byte[] frame = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(frame);
        await context.Response.Body.WriteAsync(bytes);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

/// <summary>A store that tells a test about every append, before it is done and after, so that the test can break something there.</summary>
internal sealed class CuttingStore(IStreamStore store) : IStreamStore
{
    /// <summary>Called before an append is done; it may throw, and then nothing is.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Called when an append is done and before it is answered.</summary>
    public Func<Task> After { get; set; } = () => Task.CompletedTask;

    public ulong? LastPosition => store.LastPosition;

    public bool IsRecord(ulong position) => store.IsRecord(position);

    public ValueTask<long> LastRevisionAsync(string stream, CancellationToken cancel) => store.LastRevisionAsync(stream, cancel);

    public async ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, MayState mayState, CancellationToken cancel)
    {
        await Before();
        AppendAnswer answer = await store.AppendAsync(stream, expected, events, mayState, cancel);
        await After();
        return answer;
    }

    public IAsyncEnumerable<StoredEvent> ReadStreamAsync(string stream, long from, Projections.EventLog.ReadDirection direction, CancellationToken cancel) =>
        store.ReadStreamAsync(stream, from, direction, cancel);

    public IAsyncEnumerable<StoredEvent> ReadAllAsync(ulong from, Projections.EventLog.ReadDirection direction, CancellationToken cancel) =>
        store.ReadAllAsync(from, direction, cancel);

    public IAsyncEnumerable<StoredEvent> SubscribeAsync(ulong from, CancellationToken cancel) => store.SubscribeAsync(from, cancel);
}

/// <summary>A TCP hop that can be cut: every connection through it ends at once, mid-byte if it so happens.</summary>
internal sealed class CutProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly List<TcpClient> _open = [];

    public CutProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    public void Cut()
    {
        lock (_open)
        {
            Cuts++;
            foreach (TcpClient client in _open)
            {
                client.LingerState = new LingerOption(true, 0); // a reset, as from a host that is gone
                client.Close();
            }

            _open.Clear();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync();
                TcpClient far = new();
                await far.ConnectAsync(IPAddress.Loopback, _target);
                lock (_open) _open.AddRange([near, far]);
                _ = PumpAsync(near, far);
                _ = PumpAsync(far, near);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }
}
