using System.Runtime.CompilerServices;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>One stream of a cluster: appended to, read and followed across broken connections and changes of leader.</summary>
internal sealed class ClusterStream(string name, ClusterConnection cluster, ConnectionSettings settings, TimeProvider clock)
{
    private const int AppendAttemptsMax = 20;

    /// <summary>Appends if the stream's last revision is as expected (−1: no events). Knows the outcome whenever it returns.</summary>
    /// <remarks>An attempt with unknown outcome is repeated with the same ids at the same place, which the server answers as it answered, or would have answered, the first.</remarks>
    /// <returns>False when the stream was elsewhere, so that none of the events is in it.</returns>
    /// <exception cref="LogFaultException">The outcome could not be learnt, or the cluster refuses; sending again later is safe.</exception>
    public async ValueTask<bool> AppendAsync(long expectedRevision, IReadOnlyList<ProposedMessage> messages, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            NodeConnection node = await cluster.NodeAsync(cancel);
            try
            {
                return await node.AppendAsync(name, expectedRevision, messages, cancel);
            }
            catch (Exception e) when (IsBroken(e, cancel))
            {
                if (e is RpcException refused && ClusterErrors.Fatal(refused) is { } fatal) throw fatal;
                cluster.Leave(node, e as RpcException);
                if (attempt == AppendAttemptsMax) throw new LogFaultException("append-unknown", $"{attempt} attempts to append ended without an answer; send again: that is safe", e);
            }
        }
    }

    /// <summary>Events by revision: forwards from <paramref name="from"/>, or backwards starting with it; at most <paramref name="count"/>, and only those that are there now.</summary>
    /// <remarks>An event is good until the next is asked for.</remarks>
    public async IAsyncEnumerable<ReadMessage> ReadAsync(long from, long count, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
    {
        int failures = 0;
        while (count > 0 && from >= 0)
        {
            NodeConnection node = await cluster.NodeAsync(cancel);
            ReadOptions options = Options(from, direction);
            options.Count = (ulong)count;
            using ReadCall call = node.Read(options, cancel);
            while (true)
            {
                try
                {
                    if (!await call.NextAsync()) yield break;
                }
                catch (Exception e) when (IsBroken(e, cancel))
                {
                    await FailedAsync(node, e, ++failures, cancel);
                    break;
                }

                failures = 0;
                count--;
                from = call.Current.Revision + (direction == ReadDirection.Forwards ? 1 : -1);
                yield return call.Current;
            }
        }
    }

    /// <summary>Everything after a revision (−1: everything), then what comes, until cancelled. An event is good until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadMessage> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            NodeConnection? node = await FollowedNodeAsync(cancel);
            if (node is null) continue;
            ReadOptions options = Options(after, ReadDirection.Forwards);
            options.Subscription = new Empty();
            using ReadCall call = node.Read(options, cancel);
            while (true)
            {
                try
                {
                    if (!await call.NextAsync())
                    {
                        // A server that stops may end its calls in peace.
                        cluster.Leave(node, null);
                        break;
                    }
                }
                catch (Exception e) when (IsBroken(e, cancel))
                {
                    if (e is RpcException refused && ClusterErrors.Fatal(refused) is { } fatal) throw fatal;
                    cluster.Leave(node, e as RpcException);
                    break;
                }

                after = call.Current.Revision;
                yield return call.Current;
            }
        }
    }

    private static bool IsBroken(Exception e, CancellationToken cancel) =>
        !cancel.IsCancellationRequested && e is RpcException or HttpRequestException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException;

    private ReadOptions Options(long revision, ReadDirection direction)
    {
        ReadOptions.Types.OneStream source = new() { Stream = StreamIdentifier.Of(name) };
        if (revision < 0) source.Start = new Empty();
        else source.Revision = (ulong)revision;
        return new ReadOptions
        {
            Stream = source,
            Direction = direction == ReadDirection.Forwards ? Direction.Forwards : Direction.Backwards,
            NoFilter = new Empty(),
            UuidForm = new ReadOptions.Types.UuidForm { Structured = new Empty() },
            Control = new ReadOptions.Types.Control { Compatibility = 1 },
        };
    }

    /// <summary>A follower outlasts what a caller would not: it tries until it is cancelled.</summary>
    private async ValueTask<NodeConnection?> FollowedNodeAsync(CancellationToken cancel)
    {
        try
        {
            return await cluster.NodeAsync(cancel);
        }
        catch (LogFaultException e) when (e.Code == "cluster-unreachable")
        {
            await Task.Delay(settings.DiscoveryInterval, clock, cancel);
            return null;
        }
    }

    private async ValueTask FailedAsync(NodeConnection node, Exception e, int failures, CancellationToken cancel)
    {
        if (e is RpcException refused && ClusterErrors.Fatal(refused) is { } fatal) throw fatal;
        cluster.Leave(node, e as RpcException);
        if (failures > settings.DiscoverAttemptsMax)
            throw new LogFaultException("cluster-unreachable", $"a read broke off {failures} times without an event between ({e.Message}); start the cluster again", e);
        await Task.Delay(settings.DiscoveryInterval, clock, cancel);
    }
}
