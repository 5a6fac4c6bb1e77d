using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Host.Api.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The EventStoreDB face alone in a small web host on the loopback address, over any store.</summary>
internal sealed class FaceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FaceHost(WebApplication app, int port, bool isSecure) => (_app, Port, IsSecure) = (app, port, isSecure);

    public int Port { get; }

    public bool IsSecure { get; }

    public Uri Address => new($"{(IsSecure ? "https" : "http")}://localhost:{Port}");

    /// <param name="store">What is served.</param>
    /// <param name="callers">Who may; everybody when null.</param>
    /// <param name="certificate">For TLS; without it plain HTTP/2.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="interpose">Sees every call before the face does.</param>
    public static async Task<FaceHost> StartAsync(
        IStreamStore store, ICallers? callers = null, X509Certificate2? certificate = null, int port = 0, Func<HttpContext, RequestDelegate, Task>? interpose = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(callers ?? new Everybody());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddEventStoreFace();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        WebApplication app = builder.Build();
        if (interpose is not null) app.Use((context, next) => interpose(context, next));
        app.MapEventStoreFace();
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new FaceHost(app, new Uri(address).Port, certificate is not null);
    }

    /// <summary>A certificate for localhost that signs itself.</summary>
    public static X509Certificate2 LocalCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Everybody : ICallers
    {
        public ValueTask<CallerRights> RightsAsync(string? authorization, CancellationToken cancel) =>
            ValueTask.FromResult(CallerRights.Read | CallerRights.Append);
    }
}
