using Ledger.Projections.EventLog.EventStoreDb;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>Connection strings are read as the official clients read them; what cannot be meant is refused, never guessed.</summary>
public sealed class ConnectionSettingsTests
{
    [Theory]
    [InlineData("esdb://localhost", "localhost:2113", false)]
    [InlineData("kurrentdb://10.0.0.1:1234/", "10.0.0.1:1234", false)]
    [InlineData("esdb+discover://cluster.example:2113", "cluster.example:2113", true)]
    [InlineData("KurrentDB+Discover://a,b:1,c:2?tls=true", "a:2113 b:1 c:2", true)]
    [InlineData("esdb://user:pass@a,b", "a:2113 b:2113", true)]
    public void Hosts_and_discovery_follow_from_scheme_and_number(string text, string hosts, bool discovers)
    {
        ConnectionSettings settings = ConnectionSettings.Parse(text);
        Assert.Equal(hosts, string.Join(' ', settings.Hosts.Select(host => $"{host.Host}:{host.Port}")));
        Assert.Equal(discovers, settings.Discovers);
        Assert.True(settings.Tls);
    }

    [Fact]
    public void Credentials_and_options_are_read_whatever_their_case()
    {
        ConnectionSettings settings = ConnectionSettings.Parse("esdb://us%40er:p%3Aw@host?TLS=false&tlsVerifyCert=false&tlscafile=%2Fca.pem&maxDiscoverAttempts=3&discoveryInterval=40&gossipTimeout=2&defaultDeadline=700&keepAliveInterval=-1&keepAliveTimeout=5000&connectionName=me&nodePreference=leader&throwOnAppendFailure=false");
        Assert.Equal(("us@er", "p:w"), (settings.User, settings.Password));
        Assert.Equal((false, false, "/ca.pem", "me", 3), (settings.Tls, settings.VerifiesCertificate, settings.CaFile, settings.ConnectionName, settings.DiscoverAttemptsMax));
        Assert.Equal((40, 2_000, 700, 5_000), (settings.DiscoveryInterval.TotalMilliseconds, settings.GossipTimeout.TotalMilliseconds, settings.Deadline.TotalMilliseconds, settings.KeepAliveTimeout.TotalMilliseconds));
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.KeepAliveInterval);
    }

    [Theory]
    [InlineData("http://localhost", "esdb://")]
    [InlineData("esdb://", "host")]
    [InlineData("esdb://a,,b", "host")]
    [InlineData("esdb://a:0", "port")]
    [InlineData("esdb://a:70000", "port")]
    [InlineData("esdb://user@a", "user:password")]
    [InlineData("esdb://a?tls=yes", "tls")]
    [InlineData("esdb://a?tlsCaFil=/x", "tlsCaFil")]
    [InlineData("esdb://a?maxDiscoverAttempts=many", "maxDiscoverAttempts")]
    [InlineData("esdb://a?nodePreference=follower", "leader")]
    [InlineData("esdb://a?userCertFile=/x", "userKeyFile")]
    [InlineData("esdb://a?tls", "key=value")]
    public void A_fault_names_what_is_wrong(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => ConnectionSettings.Parse(text)).Message, StringComparison.Ordinal);
}
