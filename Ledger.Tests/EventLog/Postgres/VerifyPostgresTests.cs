using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>A sound log verifies with its root, and every kind of change made behind the log's back is found and named.</summary>
public sealed class VerifyPostgresTests
{
    /// <summary>A change, and the codes that may name it: the one of what was changed, or of what stopped fitting first.</summary>
    private static readonly (string Change, string[] Codes)[] Changes =
    [
        ("UPDATE $s.activity SET value = value + 1 WHERE position = (SELECT min(position) FROM $s.activity WHERE kind = 1 AND position > 300)", ["tree-differs"]),
        ("UPDATE $s.activity SET account = target, target = account WHERE position = (SELECT min(position) FROM $s.activity WHERE kind = 2)", ["tree-differs", "revision-wrong", "name-wrong"]),
        ("UPDATE $s.activity SET occurred_at = occurred_at + interval '1 ms' WHERE position = (SELECT min(position) FROM $s.activity)", ["tree-differs"]),
        ("UPDATE $s.activity SET occurred_at = occurred_at + interval '1 us' WHERE position = (SELECT min(position) FROM $s.activity)", ["row-damaged"]),
        ("UPDATE $s.activity SET kind = 13 WHERE position = (SELECT min(position) FROM $s.activity)", ["unknown-kind"]),
        ("UPDATE $s.activity SET account = 1000000 WHERE position = (SELECT min(position) FROM $s.activity)", ["name-missing"]),
        ("UPDATE $s.activity SET id = gen_random_uuid() WHERE position = (SELECT min(position) FROM $s.activity)", ["tree-differs"]),
        ("UPDATE $s.activity SET revision = revision + 1 WHERE position = (SELECT max(position) FROM $s.activity)", ["revision-wrong"]),
        ("DELETE FROM $s.activity WHERE position = (SELECT max(position) FROM $s.activity)", ["event-missing"]),
        ("DELETE FROM $s.event_row WHERE position = (SELECT min(position) FROM $s.event_row)", ["event-missing"]),
        ("UPDATE $s.event_row SET canonical = set_byte(canonical, 20, get_byte(canonical, 20) # 1) WHERE position = (SELECT min(position) FROM $s.event_row)", ["row-damaged"]),
        ("UPDATE $s.event_row SET window_day = window_day + 1 WHERE position = (SELECT min(position) FROM $s.event_row)", ["row-damaged"]),
        ("UPDATE $s.event_row SET fields = fields || '{\"account\": \"mallory\"}' WHERE position = (SELECT min(position) FROM $s.event_row)", ["row-damaged"]),
        ("UPDATE $s.event_name SET name = 'mallory' WHERE ordinal = 1", ["name-wrong", "tree-differs", "revision-wrong"]),
        ("UPDATE $s.tree_node SET hash = sha256(hash) WHERE level = 9 AND place = 0", ["tree-differs"]),
        ("DELETE FROM $s.tree_node WHERE level = 8 AND place = 1", ["tree-differs"]),
        ("UPDATE $s.stream_span SET events = events + 1 WHERE first_position = 0", ["stream-wrong"]),
        ("DELETE FROM $s.append_group WHERE first_position = 600", ["group-missing"]),
        ("DELETE FROM $s.event_id WHERE position = 17", ["id-index-wrong"]),
        ("UPDATE $s.log_state SET head = 900", ["log-truncated"]),
        ("UPDATE $s.log_state SET layout = 2", ["unknown-format"]),
    ];

    private readonly NewEvent[] _events = new SampleEvents(41).Take(1_200);

    [PartFact("postgres")]
    public async Task A_sound_log_verifies_with_its_root_and_tells_how_far_it_is()
    {
        await using PostgresHarness harness = await FilledAsync();
        await using PostgresEventLog log = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
        LogFrontier frontier = new();
        foreach (NewEvent e in _events) frontier.Append(LogHash.Leaf(CanonicalBytes.Of(e)));
        Told told = new();
        Assert.Equal(frontier.Root(), await log.VerifyAsync(told));
        Assert.Equal(1_200, told.Last);
    }

    [PartFact("postgres")]
    public async Task Every_change_is_found_and_named()
    {
        foreach ((string change, string[] codes) in Changes)
        {
            await using PostgresHarness harness = await FilledAsync();
            await harness.SqlAsync(change);
            LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () =>
            {
                await using PostgresEventLog log = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
                await log.VerifyAsync();
            });
            Assert.True(codes.Contains(fault.Code), $"{change}\nwas named {fault.Message}");
        }
    }

    [PartFact("postgres")]
    public async Task An_id_that_stands_twice_is_found()
    {
        await using PostgresHarness harness = await FilledAsync();
        string twice = "(SELECT id FROM $s.activity WHERE position = (SELECT min(position) FROM $s.activity))";
        await harness.SqlAsync($"UPDATE $s.activity SET id = {twice} WHERE position = (SELECT max(position) FROM $s.activity)");
        await using PostgresEventLog log = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
        Assert.Contains((await Assert.ThrowsAsync<LogFaultException>(() => log.VerifyAsync())).Code, new[] { "id-twice", "tree-differs" });
    }

    private async Task<PostgresHarness> FilledAsync()
    {
        PostgresHarness harness = new() { Options = new PostgresOptions { SegmentEvents = 256 } };
        IEventLog log = await harness.OpenAsync();
        for (int i = 0; i < _events.Length; i += 300) await log.AppendAsync(_events[i..(i + 300)]);
        while ((long)(await harness.SqlAsync("SELECT count(*) FROM $s.id_segment"))! < 4) await Task.Delay(10);
        await log.DisposeAsync();
        return harness;
    }

    private sealed class Told : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }
}
