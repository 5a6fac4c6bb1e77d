using Grpc.AspNetCore.Server;
using Ledger.Host.Security;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Host.Api.EventStore;

/// <summary>Puts the EventStoreDB protocol into a web host; it needs an <see cref="IStreamStore"/> and a clock among the services.</summary>
internal static class EventStoreFace
{
    /// <summary>Largest message read: a batch of the official clients has up to 3 MiB.</summary>
    private const int ReceiveBytesMax = 4 << 20;

    public static void AddTo(IServiceCollection services)
    {
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = ReceiveBytesMax;
            options.MaxSendMessageSize = null;
            options.Interceptors.Add<FaultInterceptor>();
            options.IgnoreUnknownServices = true; // else every address that is nobody's would be a gRPC one
        }).AddServiceOptions<StreamsService>(options => options.IgnoreUnknownServices = false);
        services.AddSingleton<StreamsService>();
    }

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<StreamsService>().Add(RequireScope);

        // What a client asks before it sends credentials, and what its connection shows anyway.
        endpoints.MapGrpcService<GossipService>().OpenToAll();
        endpoints.MapGrpcService<ServerFeaturesService>().OpenToAll();
    }

    private static void RequireScope(EndpointBuilder endpoint)
    {
        bool isRead = endpoint.Metadata.OfType<GrpcMethodMetadata>().LastOrDefault()?.Method.Name == nameof(Streams.StreamsBase.Read);
        endpoint.Metadata.Add(new AccessRule(isRead ? [Scope.Read(ScopeSource.Log)] : KindScopes.Any));
    }
}
