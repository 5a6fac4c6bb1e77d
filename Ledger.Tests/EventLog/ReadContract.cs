using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>Every way to read gives the same events; the tree and its proofs are those of the events read.</summary>
public abstract class ReadContract(LogHarness harness) : IAsyncLifetime
{
    private NewEvent[] _events = [];
    private IEventLog _log = null!;

    public async Task InitializeAsync()
    {
        _log = await harness.OpenAsync();
        _events = new SampleEvents(2).Take(1500);
        int[] cuts = [0, 1, 2, 5, 6, 261, 262, 900, 1499, 1500];
        for (int i = 1; i < cuts.Length; i++) await _log.AppendAsync(_events[cuts[i - 1]..cuts[i]]);
    }

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [ContractFact]
    public async Task Reading_all_gives_what_was_appended()
    {
        List<RecordedEvent> all = await _log.ReadAllAsync(0).ListAsync();
        Assert.Equal(_events.Select(e => Convert.ToHexString(CanonicalBytes.Of(e))), all.Select(e => Convert.ToHexString(CanonicalBytes.Of(e.Event))));
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => (long)i), all.Select(e => e.Position));
    }

    [ContractFact]
    public async Task Readers_that_stand_still_hold_up_no_append_and_miss_nothing_when_they_go_on()
    {
        await using IAsyncEnumerator<RecordedEvent> all = _log.ReadAllAsync(0).GetAsyncEnumerator();
        await using IAsyncEnumerator<RecordedEvent> stream = _log.ReadStreamAsync(_events[0].Stream, 0).GetAsyncEnumerator();
        await using IAsyncEnumerator<RecordedEvent> live = _log.SubscribeAsync(0).GetAsyncEnumerator();
        using IEnumerator<LogBlock> blocks = _log.ReadBlocks(0, 1500, new BlockRequest(Rows: true, Columns: true)).GetEnumerator();
        Assert.True(await all.MoveNextAsync() && await stream.MoveNextAsync() && await live.MoveNextAsync() && blocks.MoveNext());
        for (int batch = 0; batch < 10; batch++)
            await _log.AppendAsync(new SampleEvents(100 + batch).Take(50)).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        int rest = 0;
        while (await all.MoveNextAsync()) rest++;
        Assert.Equal(1499, rest);
        for (int position = 1; position < 2000; position++)
        {
            Assert.True(await live.MoveNextAsync());
            Assert.Equal(position, live.Current.Position);
        }
    }

    [ContractFact]
    public async Task Reading_starts_anywhere_and_goes_both_ways()
    {
        List<string> all = await _log.ReadAllAsync(0).TextsAsync();
        foreach (int from in new[] { 0, 1, 5, 261, 700, 1499, 1500, 9999 })
        {
            Assert.Equal(all.Skip(from), await _log.ReadAllAsync(from).TextsAsync());
            Assert.Equal(all.Take(from).Reverse(), await _log.ReadAllAsync(from, ReadDirection.Backwards).TextsAsync());
        }
    }

    [ContractFact]
    public async Task A_stream_has_its_events_with_gapless_revisions_both_ways()
    {
        List<RecordedEvent> all = await _log.ReadAllAsync(0).ListAsync();
        foreach (IGrouping<StreamName, RecordedEvent> stream in all.GroupBy(e => e.Event.Stream))
        {
            List<string> expected = [.. stream.Select(e => e.Text())];
            Assert.Equal(Enumerable.Range(0, expected.Count).Select(i => (long)i), stream.Select(e => e.Revision));
            Assert.Equal(expected, await _log.ReadStreamAsync(stream.Key, 0).TextsAsync());
            int middle = expected.Count / 2;
            Assert.Equal(expected.Skip(middle), await _log.ReadStreamAsync(stream.Key, middle).TextsAsync());
            Assert.Equal(expected.Take(middle).Reverse(), await _log.ReadStreamAsync(stream.Key, middle, ReadDirection.Backwards).TextsAsync());
            Assert.Equal(Enumerable.Reverse(expected), await _log.ReadStreamAsync(stream.Key, 9999, ReadDirection.Backwards).TextsAsync());
        }

        Assert.Empty(await _log.ReadStreamAsync(StreamName.Settlement("none"), 0).TextsAsync());
    }

    [ContractFact]
    public async Task Blocks_hold_the_same_events_in_rows_and_columns()
    {
        List<RecordedEvent> all = await _log.ReadAllAsync(0).ListAsync();
        Day window = all[700].Event.Window;
        foreach ((long from, long to) in new[] { (0L, 1500L), (3L, 262L), (300L, 301L), (261L, 9999L), (1499L, 1500L), (10L, 10L) })
        {
            IEnumerable<RecordedEvent> range = all.Where(e => e.Position >= from && e.Position < to);
            Assert.Equal(range.Where(e => !e.Payload.Kind.IsColumnar()).Select(e => e.Text()), _log.BlockTexts(from, to, new BlockRequest(Rows: true, Columns: false)));
            Assert.Equal(Columnar(range), _log.BlockTexts(from, to, new BlockRequest(Rows: false, Columns: true)));
            Assert.Equal(Columnar(range.Where(e => e.Event.Window == window)), _log.BlockTexts(from, to, new BlockRequest(Rows: false, Columns: true, window)));
            Assert.Equal(range.Count(), _log.BlockTexts(from, to, new BlockRequest(Rows: true, Columns: true)).Count);
        }
    }

    [ContractFact]
    public async Task Names_number_every_id_in_order_of_appearance()
    {
        NameTable names = new();
        NameInterner interner = new(names);
        await foreach (RecordedEvent e in _log.ReadAllAsync(0)) e.Payload.Write(interner);
        Assert.Equal(Enumerable.Range(0, names.Count).Select(names.Text), Enumerable.Range(0, _log.Names.Count).Select(_log.Names.Text));
    }

    [ContractFact]
    public async Task Roots_of_all_sizes_are_those_of_the_events()
    {
        LogFrontier frontier = new();
        Assert.Equal(frontier.Root(), await _log.LogRootAsync(0));
        foreach (NewEvent e in _events)
        {
            frontier.Append(LogHash.Leaf(CanonicalBytes.Of(e)));
            if (frontier.Size % 97 == 0 || frontier.Size % 256 < 2 || frontier.Size > 1490) Assert.Equal(frontier.Root(), await _log.LogRootAsync(frontier.Size));
        }
    }

    [ContractFact]
    public async Task Inclusion_proofs_verify_against_the_root()
    {
        foreach (long size in new[] { 1L, 2, 255, 256, 257, 511, 512, 1024, 1337, 1500 })
        {
            Digest root = await _log.LogRootAsync(size);
            for (long position = 0; position < size; position += Math.Max(1, size / 7))
            {
                IReadOnlyList<Digest> proof = await _log.InclusionProofAsync(position, size);
                Digest leaf = LogHash.Leaf(CanonicalBytes.Of(_events[position]));
                Assert.True(InclusionProof.Verify(root, size, position, leaf, proof.ToArray()), $"position {position} of {size}");
            }
        }
    }

    [ContractFact]
    public async Task A_reopened_log_is_the_same_log()
    {
        List<string> before = await _log.ReadAllAsync(0).TextsAsync();
        Digest root = await _log.LogRootAsync(1500);
        _log = await harness.OpenAsync();
        Assert.Equal(1500, _log.Head);
        Assert.Equal(before, await _log.ReadAllAsync(0).TextsAsync());
        Assert.Equal(root, await _log.LogRootAsync(1500));
        Assert.All(await _log.AppendAsync(_events), o => Assert.True(o.IsDuplicate));
        StreamName stream = _events[0].Stream;
        long last = (await _log.ReadStreamAsync(stream, 0).ListAsync())[^1].Revision;
        Assert.Equal(last, (await _log.AppendAsync(stream, ExpectedRevision.Exactly(last), [])).Revision);
        NewEvent[] more = new SampleEvents(3, accounts: 40).Take(300);
        Assert.Equal(Enumerable.Range(1500, 300).Select(i => new AppendOutcome(i, false)), await _log.AppendAsync(more));
        LogFrontier frontier = new();
        foreach (NewEvent e in _events.Concat(more)) frontier.Append(LogHash.Leaf(CanonicalBytes.Of(e)));
        Assert.Equal(frontier.Root(), await _log.LogRootAsync(1800));
    }

    private IEnumerable<string> Columnar(IEnumerable<RecordedEvent> events)
    {
        foreach (RecordedEvent e in events.Where(e => e.Payload.Kind.IsColumnar()))
        {
            ColumnarForm form = ColumnarForm.Of(e.Payload, _log.Names);
            ActivityColumns one = new();
            one.Add(e.Position, e.Payload.Kind, form.Account, form.Target, form.Value, e.Event.OccurredAt.Value);
            yield return one.Columns(0);
        }
    }
}

public sealed class InMemoryReadTests() : ReadContract(new InMemoryHarness());

public sealed class EmbeddedReadTests() : ReadContract(new EmbeddedHarness());
