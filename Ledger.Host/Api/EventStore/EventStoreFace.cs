using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Host.Api.EventStore;

/// <summary>Puts the EventStoreDB protocol into a web host; it needs an <see cref="IStreamStore"/>, <see cref="ICallers"/> and a clock among the services.</summary>
internal static class EventStoreFace
{
    /// <summary>Largest message read: a batch of the official clients has up to 3 MiB.</summary>
    private const int ReceiveBytesMax = 4 << 20;

    public static IServiceCollection AddEventStoreFace(this IServiceCollection services)
    {
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = ReceiveBytesMax;
            options.MaxSendMessageSize = null;
            options.Interceptors.Add<FaultInterceptor>();
        });
        services.AddSingleton<StreamsService>();
        return services;
    }

    public static void MapEventStoreFace(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<StreamsService>();
        endpoints.MapGrpcService<GossipService>();
        endpoints.MapGrpcService<ServerFeaturesService>();
    }
}
