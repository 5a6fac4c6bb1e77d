using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>The log lives where it was asked to: every verb finds it there, and nothing of it is anywhere else.</summary>
public sealed class LogAddressCliTests : IDisposable
{
    private readonly CliRun _cli = new() { Clock = new ManualClock("2026-01-07T00:00:00.000Z") };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_folder_given_with_log_holds_the_log_and_the_data_folder_holds_none()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(1, 1_000));
        (await _cli.Async("import", file, "--log", "elsewhere")).Expect(ExitCode.Ok);
        (await _cli.Async("close", "--all", "--log", "elsewhere")).Expect(ExitCode.Ok);
        (await _cli.Async("audit", "--log", "elsewhere")).Expect(ExitCode.Ok);
        Assert.Equal(_cli.PathOf("elsewhere"), (await _cli.Async("status", "--log", "elsewhere", "--json")).Expect(ExitCode.Ok).Json().GetProperty("log").GetString());
        Assert.StartsWith("log-missing: ", (await _cli.Async("status")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scheme_that_no_store_has_is_refused_and_the_stores_are_named()
    {
        CliAnswer answer = (await _cli.Async("status", "--log", "gopher://host/log")).Expect(ExitCode.Usage);
        Assert.StartsWith("log-scheme: no store is named 'gopher://'; give a folder", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://ann:s3cret@db.example:5432/ledger?sslmode=require", "postgres://ann:***@db.example:5432/ledger?sslmode=require")]
    [InlineData("postgres://ann@db.example/ledger", "postgres://ann@db.example/ledger")]
    [InlineData("postgres://db.example:5432/a@b:c", "postgres://db.example:5432/a@b:c")]
    [InlineData("esdb://admin:p@ss:word@node", "esdb://admin:***@node")]
    [InlineData("postgres://", "postgres://")]
    public void An_address_is_shown_without_its_password(string address, string shown) =>
        Assert.Equal(shown, LogAddress.Of(address, path => path).ToString());

    [Fact]
    public async Task The_demo_adds_nothing_to_a_log_that_holds_events()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(1, 1_000));
        (await _cli.Async("import", file, "--log", "taken")).Expect(ExitCode.Ok);
        CliAnswer answer = (await _cli.Async("demo", "--log", "taken", "--accounts", "100", "--days", "1", "--events", "1000")).Expect(ExitCode.Usage);
        Assert.StartsWith("log-not-empty: ", answer.Error, StringComparison.Ordinal);
    }
}
