using Grpc.Core;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>The cluster as a client sees it that discovers: this node, which leads.</summary>
internal sealed class GossipService(TimeProvider clock) : Gossip.GossipBase
{
    private const long TicksPerMs = 10_000; // of 100 ns, the protocol's unit

    private static readonly EventId Instance = EventId.Derive("eventstore-face", "node");

    /// <remarks>The address is the one that the caller reached: a listener on all addresses knows no better.</remarks>
    public override Task<ClusterInfo> Read(Empty request, ServerCallContext context)
    {
        Uri host = new($"grpc://{context.Host}");
        return Task.FromResult(new ClusterInfo
        {
            Members =
            {
                new ClusterMember
                {
                    Instance = Uuid.StructuredOf(Instance),
                    Ticks = clock.GetUtcNow().ToUnixTimeMilliseconds() * TicksPerMs,
                    State = MemberState.Leader,
                    IsAlive = true,
                    Http = new Endpoint { Address = host.IdnHost.Trim('[', ']'), Port = (uint)host.Port },
                },
            },
        });
    }
}
