using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ledger.Host.Adapters;

namespace Ledger.Host.Api;

/// <summary>Where the server listens.</summary>
/// <param name="Http">HTTP/1.1, and HTTP/2 with TLS.</param>
/// <param name="Grpc">HTTP/2 alone; without TLS by prior knowledge (h2c), which EventStoreDB's clients call <c>tls=false</c>.</param>
/// <param name="Certificate">Serves TLS on both; without one only loopback addresses are allowed.</param>
/// <param name="Otlp">Where traces are sent by OTLP over gRPC; null sends none.</param>
/// <param name="CloseGrace">How long after a day is over its window is closed; null leaves closing to the operator.</param>
/// <param name="Adapters">The adapters that run; null: none.</param>
internal sealed record ServeOptions(IPEndPoint Http, IPEndPoint Grpc, X509Certificate2? Certificate = null, Uri? Otlp = null, TimeSpan? CloseGrace = null, AdaptersFile? Adapters = null)
{
    public static IPEndPoint HttpDefault { get; } = new(IPAddress.Loopback, 5080);

    /// <summary>The port that EventStoreDB's users know.</summary>
    public static IPEndPoint GrpcDefault { get; } = new(IPAddress.Loopback, 2113);

    /// <summary>The first address that would carry keys in the clear over a network; null when there is none.</summary>
    public IPEndPoint? Exposed => Certificate is not null ? null : new[] { Http, Grpc }.FirstOrDefault(e => !IPAddress.IsLoopback(e.Address));
}
