using System.Net;
using Ledger.Host.Adapters;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Api.EventStore;
using Ledger.Host.Api.Retries;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Host.Telemetry;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Api;

/// <summary>The ledger behind HTTP: Kestrel, the gate, and every group of endpoints.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(20);
    private static readonly MinDataRate ResponseRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    private readonly WebApplication _app;

    private ApiServer(WebApplication app) => _app = app;

    /// <summary>The bound addresses, HTTP first, then gRPC.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a))];

    /// <summary>What the endpoints are made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Everything that can be asked for.</summary>
    public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(d => d.Endpoints);

    /// <summary>Starts serving a ledger.</summary>
    /// <param name="session">The ledger; it stays the caller's and outlives the server.</param>
    /// <param name="stores">Keys and remembered requests; the caller's too.</param>
    /// <param name="options">Where to listen.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logs">Where logs go.</param>
    /// <param name="cancel">Stops the start.</param>
    public static async Task<ApiServer> StartAsync(LedgerSession session, ApiStores stores, ServeOptions options, TimeProvider clock, Action<ILoggingBuilder> logs, CancellationToken cancel)
    {
        // Nothing is read from the working directory or the environment: what the server does is what it was told.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "weledger" });
        logs(builder.Logging);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, WireBlocks>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(session);
        builder.Services.AddSingleton<IEventLog>(_ => session.Log);
        builder.Services.AddSingleton<RewardLedger>(_ => session.Ledger);
        builder.Services.AddSingleton<EventIntake>(_ => session.Ledger.Intake);
        builder.Services.AddSingleton(session.Health);
        builder.Services.AddSingleton<Recomputations>();
        builder.Services.AddSingleton<ProvisionalWindows>();
        builder.Services.AddSingleton(options.Adapters ?? AdaptersFile.None);
        builder.Services.AddSingleton<AdapterSet>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AdapterSet>());
        builder.Services.AddHostedService<LedgerFollower>();
        builder.Services.AddHostedService(services => new DueWindows(session, options.CloseGrace, services.GetRequiredService<ILogger<DueWindows>>()));
        builder.Services.AddHostedService<ActivityKeeper>();
        builder.Services.AddHostedService<LiveFolding>();
        builder.Services.AddHostedService<ClusterWatch>();
        builder.Services.AddSingleton(new KeyRing(stores.Keys, clock));
        builder.Services.AddSingleton(_ => stores.Requests);
        builder.Services.AddSingleton(new BodyBudget());
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.CopyTo(json.SerializerOptions));
        Observability.AddTo(builder.Services, options.Otlp);
        OpenApiEndpoints.AddTo(builder.Services);
        builder.Services.AddSingleton<IStreamStore>(_ => new LedgerStreams(session.Log, session.Ledger.Intake));
        EventStoreFace.AddTo(builder.Services);

        WebApplication app = builder.Build();
        try
        {
            app.Use(KeepResponseRate);
            app.UseMiddleware<ApiFaults>();
            app.UseStatusCodePages(context => Unhandled(context.HttpContext));
            app.UseRouting();
            app.UseMiddleware<AccessGate>();
            app.UseMiddleware<IdempotencyGate>();
            Map(app);
            await app.StartAsync(cancel);
            return new ApiServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource drained = new(DrainWithin);
        await _app.StopAsync(drained.Token);
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app)
    {
        EventsEndpoints.Map(app);
        HealthEndpoints.Map(app);
        OpenApiEndpoints.Map(app);
        Observability.Map(app);
        AccountEndpoints.Map(app);
        SpaceEndpoints.Map(app);
        ContentEndpoints.Map(app);
        WindowEndpoints.Map(app);
        RulesetEndpoints.Map(app);
        SupplyEndpoints.Map(app);
        LogEndpoints.Map(app);
        CommandEndpoints.Map(app);
        WalletEndpoints.Map(app);
        AdapterEndpoints.Map(app);
        EventStoreFace.Map(app);
    }

    private static Task KeepResponseRate(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = ResponseRate;
        return next(context);
    }

    private static void Configure(KestrelServerOptions kestrel, ServeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = ApiLimits.BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = ApiLimits.HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = ApiLimits.RequestLineBytesMax;
        kestrel.Limits.MaxConcurrentConnections = ApiLimits.ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
        kestrel.Limits.MinResponseDataRate = null; // a gRPC subscriber may be slow for hours; HTTP/1.1 gets its rate back below
        Listen(kestrel, options.Http, options, options.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2);
        Listen(kestrel, options.Grpc, options, HttpProtocols.Http2);
    }

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint address, ServeOptions options, HttpProtocols protocols) => kestrel.Listen(address, listen =>
    {
        listen.Protocols = protocols;
        if (options.Certificate is { } certificate) listen.UseHttps(certificate);
    });

    private static Task Unhandled(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.RouteUnknown.ExecuteAsync(context),
        StatusCodes.Status405MethodNotAllowed => Problems.MethodUnknown.ExecuteAsync(context),
        StatusCodes.Status415UnsupportedMediaType => Problems.MediaTypeUnsupported.ExecuteAsync(context),
        var status => new ApiProblem(status, "request-malformed", "the request cannot be handled as it is").ExecuteAsync(context),
    };
}
