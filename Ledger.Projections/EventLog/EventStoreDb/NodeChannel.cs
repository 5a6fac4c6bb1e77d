using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>An HTTP/2 channel to one node, with TLS as the connection string says.</summary>
internal sealed class NodeChannel : IDisposable
{
    private readonly GrpcChannel _channel;

    /// <exception cref="LogFaultException"><c>tls-file</c>: a certificate file cannot be read.</exception>
    public NodeChannel(DnsEndPoint endpoint, ConnectionSettings settings)
    {
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = settings.KeepAliveInterval,
            KeepAlivePingTimeout = settings.KeepAliveTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        if (settings.Tls) handler.SslOptions = Tls(settings);
        Http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        Address = new UriBuilder(settings.Tls ? "https" : "http", endpoint.Host, endpoint.Port).Uri;
        _channel = GrpcChannel.ForAddress(
            Address,
            new GrpcChannelOptions { HttpClient = Http, DisposeHttpClient = true, MaxReceiveMessageSize = MessageFrames.MessageBytesMax, MaxRetryAttempts = 0 });
    }

    /// <summary>The node's address.</summary>
    public Uri Address { get; }

    /// <summary>For the call that is made without the gRPC library.</summary>
    public HttpClient Http { get; }

    /// <summary>For all other calls.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public void Dispose() => _channel.Dispose();

    private static SslClientAuthenticationOptions Tls(ConnectionSettings settings)
    {
        SslClientAuthenticationOptions options = new();
        try
        {
            if (settings.UserCertFile is { } certificate)
            {
                // A key that comes from PEM alone is ephemeral, which not every platform's TLS takes.
                using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate, settings.UserKeyFile);
                options.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
            }

            if (!settings.VerifiesCertificate)
            {
                options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
            }
            else if (settings.CaFile is { } file)
            {
                X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(file);
                options.CertificateChainPolicy = policy;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new LogFaultException("tls-file", $"a certificate of the connection string cannot be read: {e.Message}", e);
        }

        return options;
    }
}
