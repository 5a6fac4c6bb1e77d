using System.Globalization;
using Ledger.Host.Cli;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>Every fault is one line, <c>code: what happened; what to do</c>, and an exit code; traces only with <c>--debug</c>.</summary>
public sealed class FaultCliTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_damaged_log_is_exit_code_4_and_names_the_block()
    {
        (await _cli.Async("import", _cli.Write("in.ndjson", SampleActivity.Lines(1, 12_000)))).Expect(ExitCode.Ok);
        long position = await DamageAsync();
        foreach (string verb in new[] { "audit", "status" })
        {
            CliAnswer answer = (await _cli.Async(verb)).Expect(ExitCode.Fault);
            string fault = Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith("block-checksum: ", fault, StringComparison.Ordinal);
            Assert.Contains($"the block at position {position} ", fault, StringComparison.Ordinal);
        }

        CliAnswer debug = (await _cli.Async("audit", "--debug")).Expect(ExitCode.Fault);
        Assert.Contains("   at ", debug.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("close")]
    [InlineData("close", "--all", "--window", "2026-01-05")]
    [InlineData("close", "--window", "yesterday")]
    [InlineData("explain", "event", "17")]
    [InlineData("demo", "--accounts", "7")]
    [InlineData("statement")]
    [InlineData("serve", "--http", "0.0.0.0:0")]
    [InlineData("serve", "--grpc", "nowhere")]
    [InlineData("keys", "add", "app", "--scope", "everything")]
    public async Task A_command_line_that_makes_no_sense_is_exit_code_2(params string[] args)
    {
        CliAnswer answer = (await _cli.Async(args)).Expect(ExitCode.Usage);
        Assert.Empty(answer.Out);
        Assert.Matches("^[a-z0-9-]+: .+; .+\n$", answer.Error);
    }

    [Fact]
    public async Task Every_verb_has_help_with_an_example_and_the_exit_codes()
    {
        string[][] verbs =
        [
            ["demo"], ["import"], ["export"], ["close"], ["statement"], ["explain", "account"], ["explain", "event"], ["audit"], ["prove", "account"], ["prove", "event"], ["verify"],
            ["ruleset", "new"], ["ruleset", "check"], ["ruleset", "diff"], ["ruleset", "adopt"], ["ruleset", "show"], ["status"], ["serve"], ["keys", "add"], ["keys", "rotate"], ["keys", "sign"], ["keys", "revoke"], ["keys", "list"],
        ];
        foreach (string[] verb in verbs)
        {
            CliAnswer answer = (await _cli.Async([.. verb, "--help"])).Expect(ExitCode.Ok);
            Assert.Contains($"Example:\n  weledger {string.Join(' ', verb)}", answer.Out, StringComparison.Ordinal);
            Assert.Contains("130  interrupted", answer.Out, StringComparison.Ordinal);
        }
    }

    /// <summary>Changes one byte of the rows of the log's second block.</summary>
    private async Task<long> DamageAsync()
    {
        await using SqliteConnection connection = LogFile.OpenWriter(_cli.Data);
        long position = (long)(await Command(connection, "SELECT first_position FROM block ORDER BY first_position LIMIT 1 OFFSET 1").ExecuteScalarAsync())!;
        string key = LogFile.PartKey(position, BlockPart.Rows).ToString(CultureInfo.InvariantCulture);
        byte[] rows = (byte[])(await Command(connection, $"SELECT bytes FROM part WHERE key = {key}").ExecuteScalarAsync())!;
        rows[rows.Length / 2] ^= 1;
        SqliteCommand damage = Command(connection, $"UPDATE part SET bytes = $bytes WHERE key = {key}");
        damage.Parameters.AddWithValue("$bytes", rows);
        Assert.Equal(1, await damage.ExecuteNonQueryAsync());
        return position;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
