using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>An address is libpq's, with the schema as one more option; what cannot be meant is refused with the way to write it.</summary>
public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ann:s3cret@db.example:6543/ledger", "schema weledger of database ledger at db.example:6543")]
    [InlineData("postgresql://ann@db.example", "schema weledger of database ann at db.example:5432")]
    [InlineData("postgres://ann@/ledger?host=/run/postgresql&schema=pilot_2", "schema pilot_2 of database ledger at /run/postgresql:5432")]
    [InlineData("postgres://a%40b:p%3Aq@db.example/le%20dger?sslmode=verify-full&connect_timeout=3", "schema weledger of database le dger at db.example:5432")]
    public void Its_parts_are_where_libpq_has_them(string address, string parts) => Assert.Equal(parts, PostgresAddress.Parse(address).ToString());

    [Theory]
    [InlineData("postgres://ann@db/ledger?schema=x;drop", "'x;drop' cannot name the schema")]
    [InlineData("postgres://ann@db/ledger?schema=", "'' cannot name the schema")]
    [InlineData("postgres://ann@db/ledger?schema=9lives", "'9lives' cannot name the schema")]
    [InlineData("postgres://ann@db/ledger?sslmode=perhaps", "'perhaps' is no sslmode")]
    [InlineData("postgres://ann@db/ledger?pooling=off", "there is no option 'pooling'")]
    [InlineData("mysql://ann@db/ledger", "it is no address")]
    public void What_cannot_be_meant_is_refused(string address, string why) =>
        Assert.StartsWith($"log-address: {why}", Assert.Throws<FormatException>(() => PostgresAddress.Parse(address)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_is_not_there_is_told_at_once()
    {
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => PostgresEventLog.OpenReadOnlyAsync("postgres://ann@127.0.0.1:9/ledger"));
        Assert.Equal("store-unreachable", fault.Code);
        Assert.Equal("store-unreachable", (await Assert.ThrowsAsync<LogFaultException>(() => PostgresEventLog.OpenAsync("postgres://ann@127.0.0.1:9/ledger"))).Code);
    }
}
