using System.Text.Json;
using Ledger.Host.Cli;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>Import from the command line: bad lines are told and the rest is taken; nothing accepted is ever lost or taken twice.</summary>
public sealed class ImportCliTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_bad_line_is_listed_with_number_field_and_code_and_the_rest_is_taken()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Opened(1, "alice"), "not json", SampleActivity.Opened(2, "bob").Replace("\"v\":1", "\"v\":9", StringComparison.Ordinal), SampleActivity.Opened(3, "carol"));
        CliAnswer answer = (await _cli.Async("import", file, "--json")).Expect(ExitCode.Ok);

        JsonElement json = answer.Json();
        Assert.Equal(2, json.GetProperty("accepted").GetInt64());
        Assert.Equal(2, json.GetProperty("faults").GetInt64());
        string[] report = await File.ReadAllLinesAsync(json.GetProperty("report").GetString()!);
        JsonElement[] listed = [.. report.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([2L, 3L], listed.Select(l => l.GetProperty("line").GetInt64()));
        Assert.Equal("unknown-version", listed[1].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Strict_takes_nothing_and_says_so_with_exit_code_1()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Opened(1, "alice"), "not json");
        CliAnswer answer = (await _cli.Async("import", file, "--strict", "--json")).Expect(ExitCode.No);

        Assert.StartsWith("import-refused: ", answer.Error, StringComparison.Ordinal);
        Assert.False(answer.Json().GetProperty("taken").GetBoolean());
        Assert.Equal(0, answer.Json().GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(1, 1_500));
        long head = (await _cli.Async("import", file, "--json")).Expect(ExitCode.Ok).Json().GetProperty("logHead").GetInt64();
        JsonElement again = (await _cli.Async("import", file, "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(0, again.GetProperty("accepted").GetInt64());
        Assert.Equal(head, again.GetProperty("logHead").GetInt64());
    }

    [Fact]
    public async Task Interrupted_it_keeps_what_was_accepted_and_a_second_run_completes_it()
    {
        IReadOnlyList<string> lines = SampleActivity.Lines(1, 13_000);
        string file = _cli.Write("in.ndjson", lines);
        using CancellationTokenSource stop = new();
        // Asked for the time: the log's start, the first group, its window's opening, the first group again. The second group's question is the interruption.
        _cli.Clock = new StoppingClock(stop, questions: 5);
        CliAnswer interrupted = (await _cli.Async(["import", file], stop.Token)).Expect(ExitCode.Interrupted);
        Assert.StartsWith("interrupted: ", interrupted.Error, StringComparison.Ordinal);
        Assert.Contains("run the same command again", interrupted.Error, StringComparison.Ordinal);

        _cli.Clock = TimeProvider.System;
        JsonElement second = (await _cli.Async("import", file, "--json")).Expect(ExitCode.Ok).Json();
        long duplicates = second.GetProperty("duplicates").GetInt64();
        Assert.InRange(duplicates, 1, lines.Count - 1);
        Assert.Equal(lines.Count, duplicates + second.GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task What_export_writes_import_takes()
    {
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(1, 1_200));
        await _cli.Async("import", file);
        (await _cli.Async("export", "--out", "out.ndjson")).Expect(ExitCode.Ok);
        JsonElement copy = (await _cli.Async("import", "out.ndjson", "--data", "copy", "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(0, copy.GetProperty("faults").GetInt64());
        Assert.True(copy.GetProperty("accepted").GetInt64() >= 1_200);
    }

    [Fact]
    public async Task An_unknown_mapping_names_the_shipped_ones()
    {
        CliAnswer answer = (await _cli.Async("import", _cli.Write("in.tsv", "a"), "--map", "nobody")).Expect(ExitCode.NotFound);
        Assert.StartsWith("mapping-missing: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("kuairand", answer.Error, StringComparison.Ordinal);
    }

    private sealed class StoppingClock(CancellationTokenSource stop, int questions) : TimeProvider
    {
        private int _left = questions;

        public override DateTimeOffset GetUtcNow()
        {
            if (--_left == 0) stop.Cancel();
            return System.GetUtcNow();
        }
    }
}
