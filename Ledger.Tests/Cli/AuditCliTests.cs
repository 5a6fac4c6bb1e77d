using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Quantities;
using Ledger.Host.Cli;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>An audit finds a number that the log's events do not give, and says which.</summary>
public sealed class AuditCliTests : IDisposable
{
    private readonly CliRun _cli = new() { Clock = new ManualClock("2026-01-07T00:00:00.000Z") };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_pool_recorded_one_base_unit_too_high_is_one_difference_and_exit_code_1()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(1, 1_500));
        foreach (string data in new[] { "true", "false" }) (await _cli.Async("import", file, "--data", data)).Expect(ExitCode.Ok);
        (await _cli.Async("close", "--all", "--data", "true")).Expect(ExitCode.Ok);

        // The same history with one number changed where it was recorded.
        await using (EmbeddedEventLog truth = await EmbeddedEventLog.OpenReadOnlyAsync(_cli.PathOf("true")))
        await using (EmbeddedEventLog lie = await EmbeddedEventLog.OpenAsync(_cli.PathOf("false")))
        {
            await foreach (RecordedEvent e in truth.ReadAllAsync(lie.Head))
            {
                EventPayload payload = e.Payload is WindowClosed closed ? closed with { Pool = closed.Pool + TokenAmount.FromBaseUnits(1) } : e.Payload;
                await lie.AppendAsync([e.Event with { Payload = payload }]);
            }
        }

        Assert.EndsWith("audit ok, 1 windows, 0 differences\n", (await _cli.Async("audit", "--data", "true")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        CliAnswer page = (await _cli.Async("audit", "--data", "false")).Expect(ExitCode.No);
        Assert.EndsWith("\naudit failed, 1 windows, 1 differences\n", page.Out, StringComparison.Ordinal);
        JsonElement difference = Assert.Single((await _cli.Async("audit", "--data", "false", "--json")).Expect(ExitCode.No).Json().GetProperty("differences").EnumerateArray());
        Assert.Equal("pool", difference.GetProperty("field").GetString());

        // Nothing more is paid on top of it.
        CliAnswer status = (await _cli.Async("status", "--data", "false")).Expect(ExitCode.Fault);
        Assert.StartsWith("close-differs: ", status.Error, StringComparison.Ordinal);
    }
}
