using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>An append is all or nothing, idempotent by event id, and honours the expected revision.</summary>
public abstract class AppendContract(LogHarness harness) : IAsyncLifetime
{
    private readonly SampleEvents _sample = new(1);
    private IEventLog _log = null!;

    public async Task InitializeAsync() => _log = await harness.OpenAsync();

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [ContractFact]
    public async Task Positions_follow_the_order_of_appends()
    {
        NewEvent[] events = _sample.Take(700);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => new AppendOutcome(i, false)), await _log.AppendAsync(events[..300]));
        Assert.Equal(Enumerable.Range(300, 400).Select(i => new AppendOutcome(i, false)), await _log.AppendAsync(events[300..]));
        Assert.Equal(700, _log.Head);
        Assert.Equal(events.Select(e => e.Id), (await _log.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id));
    }

    [ContractFact]
    public async Task An_empty_append_changes_nothing()
    {
        Assert.Empty(await _log.AppendAsync([]));
        StreamAppendResult result = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, []);
        Assert.True(result.Accepted);
        Assert.Equal(-1, result.Revision);
        Assert.Equal(0, _log.Head);
    }

    [ContractFact]
    public async Task Repeating_an_append_gives_the_same_positions_and_stores_nothing()
    {
        NewEvent[] events = _sample.Take(50);
        IReadOnlyList<AppendOutcome> first = await _log.AppendAsync(events);
        Assert.Equal(first.Select(o => o with { IsDuplicate = true }), await _log.AppendAsync(events));
        Assert.Equal(50, _log.Head);
    }

    [ContractFact]
    public async Task An_id_twice_in_a_batch_is_one_event()
    {
        NewEvent[] events = _sample.Take(3);
        Assert.Equal(
            [new(0, false), new(1, false), new(0, true), new(2, false), new(1, true)],
            await _log.AppendAsync([events[0], events[1], events[0], events[2], events[1]]));
        Assert.Equal(3, _log.Head);
    }

    [ContractFact]
    public async Task A_partly_repeated_batch_stores_only_what_is_new()
    {
        NewEvent[] events = _sample.Take(4);
        await _log.AppendAsync([events[1], events[3]]);
        Assert.Equal([new(2, false), new(0, true), new(3, false), new(1, true)], await _log.AppendAsync(events));
        Assert.Equal(4, _log.Head);
    }

    [ContractFact]
    public async Task The_same_id_with_other_content_is_still_the_same_event()
    {
        NewEvent e = _sample.Next();
        await _log.AppendAsync([e]);
        NewEvent other = e with { Payload = new AccountOpened(new AccountId("somebody-else")) };
        Assert.Equal([new(0, true)], await _log.AppendAsync([other]));
        Assert.Equal(-1, _log.Names.Find("somebody-else"));
    }

    [ContractFact]
    public async Task Expected_revisions_hold_or_refuse_the_whole_append()
    {
        NewEvent[] fund = [.. Enumerable.Range(0, 6).Select(i => _sample.Of(new PoolToppedUp("reserve", default)))];
        StreamAppendResult opened = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, fund[..2]);
        Assert.Equal((true, 1L), (opened.Accepted, opened.Revision));

        foreach (ExpectedRevision wrong in new[] { ExpectedRevision.NoStream, ExpectedRevision.Exactly(0), ExpectedRevision.Exactly(2), default })
        {
            StreamAppendResult refused = await _log.AppendAsync(StreamName.Fund, wrong, fund[2..4]);
            Assert.Equal((false, 1L, 0), (refused.Accepted, refused.Revision, refused.Outcomes.Count));
        }

        Assert.Equal(2, _log.Head);
        StreamAppendResult exact = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.Exactly(1), fund[2..4]);
        Assert.Equal((true, 3L), (exact.Accepted, exact.Revision));
        StreamAppendResult any = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.Any, fund[4..]);
        Assert.Equal((true, 5L), (any.Accepted, any.Revision));
        Assert.Equal([4, 5], any.Outcomes.Select(o => o.Position));
    }

    [ContractFact]
    public async Task Repeating_an_expected_append_is_accepted_although_the_stream_moved_on()
    {
        NewEvent[] fund = [.. Enumerable.Range(0, 4).Select(i => _sample.Of(new PoolToppedUp("reserve", default)))];
        await _log.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, fund[..2]);
        await _log.AppendAsync(StreamName.Fund, ExpectedRevision.Exactly(1), fund[2..3]);

        StreamAppendResult repeated = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, fund[..2]);
        Assert.True(repeated.Accepted);
        Assert.Equal([new(0, true), new(1, true)], repeated.Outcomes);

        StreamAppendResult partly = await _log.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, [fund[0], fund[3]]);
        Assert.False(partly.Accepted);
        Assert.Equal(3, _log.Head);
    }

    [ContractFact]
    public async Task Columns_and_rows_share_the_revisions_of_an_activity_stream()
    {
        AccountId alice = new("alice");
        ContentId video = new("video");
        NewEvent like = _sample.Of(new Liked(alice, video));
        StreamName stream = like.Stream;
        NewEvent unlike = _sample.Of(new Unliked(alice, video)) with { Window = like.Window };
        NewEvent view = _sample.Of(new Viewed(alice, video, 3)) with { Window = like.Window };
        StreamAppendResult result = await _log.AppendAsync(stream, ExpectedRevision.NoStream, [like, unlike, view]);
        Assert.Equal(2, result.Revision);
        Assert.Equal([0, 1, 2], (await _log.ReadStreamAsync(stream, 0).ListAsync()).Select(e => e.Revision));
    }

    [ContractFact]
    public async Task Unfit_events_are_refused_before_anything_of_the_batch_is_stored()
    {
        NewEvent good = _sample.Next();
        EventFormatException nil = await Assert.ThrowsAsync<EventFormatException>(async () => await _log.AppendAsync([good, good with { Id = default }]));
        Assert.Equal("id-nil", nil.Code);
        NewEvent wide = _sample.Of(new Commented(new AccountId("a"), new ContentId("c"), 1, ulong.MaxValue));
        EventFormatException range = await Assert.ThrowsAsync<EventFormatException>(async () => await _log.AppendAsync([good, wide]));
        Assert.Equal(("out-of-range", "textDigest"), (range.Code, range.Field));
        NewEvent text = _sample.Of(new PoolToppedUp(new string('x', 2000), default));
        await Assert.ThrowsAsync<EventFormatException>(async () => await _log.AppendAsync([good, text]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _log.AppendAsync(StreamName.Ruleset, ExpectedRevision.Any, [_sample.Of(new AccountOpened(new AccountId("a")))]));
        Assert.Equal(0, _log.Head);
        Assert.Equal(0, _log.Names.Count);
        Assert.Equal([new(0, false)], await _log.AppendAsync([good]));
    }

    [ContractFact]
    public async Task An_id_finds_its_event_and_an_unknown_id_nothing()
    {
        NewEvent[] events = _sample.Take(300);
        foreach (NewEvent[] batch in events.Chunk(110)) await _log.AppendAsync(batch);
        List<RecordedEvent> read = await _log.ReadAllAsync(0).ListAsync();
        for (int i = 0; i < events.Length; i += 7) Assert.Equal(read[i], await _log.FindAsync(events[i].Id));
        for (int i = 0; i < events.Length; i += 37) Assert.Equal(i, await _log.PositionOfAsync(events[i].Id));
        Assert.Null(await _log.FindAsync(_sample.NextId()));
        Assert.Equal(-1, await _log.PositionOfAsync(_sample.NextId()));
    }

    [ContractFact]
    public async Task One_of_32_writers_wins_each_revision_and_none_is_left_out()
    {
        const int Writers = 32;
        const int Streams = 3;
        const int Rounds = 12;
        NewEvent[][] events = [.. Enumerable.Range(0, Writers).Select(w => Enumerable.Range(0, Streams * Rounds)
            .Select(i => new SampleEvents((w * 1000) + i).Of(new MemberLeft(new SpaceId($"s{i % Streams}"), new AccountId($"m{w}")))).ToArray())];
        int[] wins = new int[Streams * Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            for (int s = 0; s < Streams; s++)
            {
                int op = (round * Streams) + s;
                StreamAppendResult[] results = await Task.WhenAll(events.Select(mine => Task.Run(async () =>
                    await _log.AppendAsync(mine[op].Stream, round == 0 ? ExpectedRevision.NoStream : ExpectedRevision.Exactly(round - 1), [mine[op]]))));
                wins[op] = results.Count(r => r.Accepted);
                Assert.All(results, r => Assert.Equal(round, r.Revision));
            }
        }

        Assert.All(wins, w => Assert.Equal(1, w));
        Assert.Equal(Streams * Rounds, _log.Head);
    }

    [ContractFact]
    public async Task Sixty_four_callers_with_the_same_ids_store_each_event_once()
    {
        NewEvent[] events = _sample.Take(400);
        IReadOnlyList<AppendOutcome>[] all = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            List<AppendOutcome> mine = [];
            for (int i = 0; i < events.Length; i += 50) mine.AddRange(await _log.AppendAsync(events[i..(i + 50)]));
            return (IReadOnlyList<AppendOutcome>)mine;
        })));
        Assert.Equal(400, _log.Head);
        for (int i = 0; i < events.Length; i++)
        {
            Assert.Single(all.Select(outcomes => outcomes[i].Position).Distinct());
            Assert.Equal(1, all.Count(outcomes => !outcomes[i].IsDuplicate));
        }
    }
}

public sealed class InMemoryAppendTests() : AppendContract(new InMemoryHarness());

public sealed class EmbeddedAppendTests() : AppendContract(new EmbeddedHarness());
