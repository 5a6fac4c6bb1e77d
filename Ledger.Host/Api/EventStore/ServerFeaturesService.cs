using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>Tells clients which of the protocol's methods are served; they choose theirs by it.</summary>
internal sealed class ServerFeaturesService : ServerFeatures.ServerFeaturesBase
{
    /// <summary>The version of the protocol's server whose answers these are; clients compare numbers.</summary>
    private const string Version = "23.10.8";

    private static readonly SupportedMethods Supported = new()
    {
        ServerVersion = Version,
        Methods =
        {
            Method("streams.streams", "read", "position", "events"),
            Method("streams.streams", "append"),
            Method("streams.streams", "batchappend", "deadline_duration"),
            Method("gossip.gossip", "read"),
            Method("server_features.serverfeatures", "getsupportedmethods"),
        },
    };

    public override Task<SupportedMethods> GetSupportedMethods(Empty request, ServerCallContext context) => Task.FromResult(Supported);

    private static SupportedMethod Method(string service, string method, params string[] features) =>
        new() { Service = $"event_store.client.{service}", Method = method, Features = { features } };
}
