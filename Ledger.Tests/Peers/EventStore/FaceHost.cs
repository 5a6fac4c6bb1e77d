using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Host.Api.EventStore;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The EventStoreDB face alone in a small web host on the loopback address, over any store, without the gate: everybody may everything.</summary>
internal sealed class FaceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FaceHost(WebApplication app, int port, bool isSecure) => (_app, Port, IsSecure) = (app, port, isSecure);

    public int Port { get; }

    public bool IsSecure { get; }

    public Uri Address => new($"{(IsSecure ? "https" : "http")}://localhost:{Port}");

    /// <param name="store">What is served.</param>
    /// <param name="certificate">For TLS; without it plain HTTP/2.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="interpose">Sees every call before the face does.</param>
    public static async Task<FaceHost> StartAsync(
        IStreamStore store, X509Certificate2? certificate = null, int port = 0, Func<HttpContext, RequestDelegate, Task>? interpose = null)
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
        builder.Services.AddSingleton(TimeProvider.System);
        EventStoreFace.AddTo(builder.Services);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        WebApplication app = builder.Build();
        ApiClient client = ApiClient.Create("everybody", ScopeSet.Parse(["*:read", "*:write"]), eventsPerSecond: int.MaxValue);
        ApiCaller everybody = new("none", client, new RateLimit(client, TimeProvider.System), []);
        app.Use((context, next) =>
        {
            context.Features.Set(everybody);
            return next(context);
        });
        if (interpose is not null) app.Use((context, next) => interpose(context, next));
        EventStoreFace.Map(app);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new FaceHost(app, new Uri(address).Port, certificate is not null);
    }

    /// <summary>An authority of our own and a certificate for localhost that it signed.</summary>
    public static (X509Certificate2 Authority, X509Certificate2 Server) LocalCertificates()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new("CN=weledger tests", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        X509Certificate2 root = authority.CreateSelfSigned(now.AddDays(-2), now.AddDays(30));

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using X509Certificate2 signed = request.Create(root, now.AddDays(-1), now.AddDays(29), [1, 2, 3, 4]);
        using X509Certificate2 whole = signed.CopyWithPrivateKey(key);
        return (root, X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
