using System.Net;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Ledger.Tests.Peers.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Benchmarks.EventLog;

/// <summary>A node that serves one log's stream out of bytes that were encoded beforehand, so that a reader of it is measured and not the server.</summary>
internal sealed class EncodedLogServer
{
    private const int ChunkBytes = 1 << 16;

    private readonly EncodedLog _log;

    private EncodedLogServer(EncodedLog log) => _log = log;

    /// <summary>Encodes the log, prints its port and serves until the standard input ends.</summary>
    public static async Task RunAsync(int events)
    {
        EncodedLogServer server = new(EncodedLog.Of(AppendBench.Batches(events)));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using WebApplication app = builder.Build();
        app.MapPost(ReadCall.Path, server.ReadAsync);
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port);
        await Console.In.ReadToEndAsync();
    }

    private async Task ReadAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        ReadOptions options = ReadRequest.Parser.ParseFrom(body.ToArray(), MessageFrames.PrefixBytes, (int)body.Length - MessageFrames.PrefixBytes).Options;
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        if (options.AmountCase == ReadOptions.AmountOneofCase.Subscription)
        {
            await context.Response.Body.WriteAsync(MessageFrames.Of(new ReadResponse { Confirmation = new ReadResponse.Types.Confirmation { SubscriptionId = "bench" } }));
            await Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted);
        }

        int last = _log.Starts.Count - 1;
        int from = (int)Math.Min(options.Stream.Revision, (ulong)last);
        int end = _log.Starts[from + (int)Math.Min(options.Count, (ulong)(last - from))];
        for (int at = _log.Starts[from]; at < end; at += ChunkBytes) await context.Response.Body.WriteAsync(_log.Frames.AsMemory(at, Math.Min(ChunkBytes, end - at)));
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
