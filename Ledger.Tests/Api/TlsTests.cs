using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Host.Api;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Keys go over a network under TLS or not at all.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task With_a_certificate_both_addresses_speak_tls_and_the_first_both_http_versions()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using ApiHarness api = await ApiHarness.StartAsync(certificate: certificate);
        Assert.All([api.Http, api.Grpc], address => Assert.Equal("https", address.Scheme));
        using HttpClient client = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, found, _, _) => found!.GetCertHashString() == certificate.GetCertHashString() } });
        foreach ((Uri address, Version version) in new[] { (api.Http, HttpVersion.Version11), (api.Http, HttpVersion.Version20), (api.Grpc, HttpVersion.Version20) })
        {
            using HttpRequestMessage ready = new(HttpMethod.Get, new Uri(address, "/health/ready")) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            HttpResponseMessage answer = await client.SendAsync(ready);
            Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, answer.Version));
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("[::1]", "127.0.0.2", false)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "[::]", true)]
    [InlineData("127.0.0.1", "192.168.1.7", true)]
    public void An_address_that_others_reach_needs_a_certificate(string http, string grpc, bool isExposed) =>
        Assert.Equal(isExposed, new ServeOptions(IPEndPoint.Parse(http + ":1"), IPEndPoint.Parse(grpc + ":1")).Exposed is not null);
}
