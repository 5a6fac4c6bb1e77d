using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The store trusts the servers that its connection string says, and tells them who it is.</summary>
public sealed class EventStoreDbTlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eventstore-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_server_is_trusted_by_its_authority_and_hears_the_credentials()
    {
        (X509Certificate2 authority, X509Certificate2 certificate) = FaceHost.LocalCertificates();
        string file = Path.Combine(_folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(file, authority.ExportCertificatePem());
        List<string> heard = [];
        await using FaceHost host = await FaceHost.StartAsync(new GenericStreams(), certificate, interpose: (context, next) =>
        {
            lock (heard) heard.Add(context.Request.Headers.Authorization.ToString());
            return next(context);
        });
        string credentials = $"esdb://ledger:s%40cret@localhost:{host.Port}?discoveryInterval=1&maxDiscoverAttempts=2";

        await using (EventStoreDbLog log = await EventStoreDbLog.OpenAsync($"{credentials}&tlsCAFile={Uri.EscapeDataString(file)}"))
            Assert.False((await log.AppendAsync([new SampleEvents(1).Next()]))[0].IsDuplicate);
        Assert.Equal([$"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ledger:s@cret"))}"], heard.Distinct());

        await using (EventStoreDbLog trusting = await EventStoreDbLog.OpenAsync($"{credentials}&tlsVerifyCert=false")) Assert.Equal(1, trusting.Head);
        Assert.Equal("cluster-unreachable", (await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenAsync(credentials))).Code);
        Assert.Equal("tls-file", (await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenAsync($"{credentials}&tlsCAFile=/none"))).Code);
    }

    [Fact]
    public async Task Refused_credentials_are_a_fault_at_once()
    {
        await using FaceHost host = await FaceHost.StartAsync(new GenericStreams(), interpose: (context, next) =>
        {
            if (!context.Request.Path.Value!.EndsWith("Streams/Read", StringComparison.Ordinal)) return next(context);
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "7";
            context.Response.Headers["exception"] = "access-denied";
            return Task.CompletedTask;
        });
        Assert.Equal("access-denied", (await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenAsync($"esdb://localhost:{host.Port}?tls=false"))).Code);
    }
}
