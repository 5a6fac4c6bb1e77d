using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Ingest;

/// <summary>Ingest puts every event into exactly one window or refuses it by name, and the same events again change nothing (reward rules R0).</summary>
public sealed class EventIntakeTests
{
    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");

    [Fact]
    public async Task An_empty_log_starts_with_the_supply_and_a_ruleset_once()
    {
        await using InMemoryEventLog log = new();
        Assert.True(await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock));
        Assert.False(await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock));
        List<RecordedEvent> events = await All(log);
        GenesisAllocated genesis = Assert.IsType<GenesisAllocated>(events[0].Payload);
        Assert.Equal(TokenAmount.Supply, genesis.TokenSale + genesis.Reserve + genesis.IncentiveFund + genesis.FoundingTeam + genesis.SocialCommunity);
        Assert.Equal(Ruleset.Default.Hash, Assert.IsType<RulesetAdopted>(events[1].Payload).Hash);
        Assert.Equal(2, events.Count);
    }

    [Fact]
    public async Task The_first_event_of_a_day_opens_its_window_just_before_it()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        IntakeOutcome[] outcomes = await intake.SubmitAsync([Like(1, "2026-11-21T23:59:59.999Z"), Like(2, "2026-11-22T00:00:00Z"), Like(3, "2026-11-21T08:00:00Z"), Like(4, "2020-02-29T08:00:00Z")]);
        Assert.All(outcomes, o => Assert.Equal(IntakeStatus.Accepted, o.Status));
        List<RecordedEvent> events = (await All(log))[2..];
        Assert.Equal(["window-opened", "liked", "window-opened", "liked", "liked", "window-opened", "liked"], events.Select(e => EventCatalogue.Name(e.Payload.Kind)));
        Assert.Equal(["2026-11-21", "2026-11-21", "2026-11-22", "2026-11-22", "2026-11-21", "2020-02-29", "2020-02-29"], events.Select(e => e.Event.Window.ToString()));
        Assert.Equal(Ruleset.Default.Hash, ((WindowOpened)events[0].Payload).RulesetHash);
    }

    [Fact]
    public async Task A_late_event_is_carried_to_the_earliest_open_window()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        await intake.SubmitAsync([Like(1, "2026-11-20T10:00:00Z"), Like(2, "2026-11-21T10:00:00Z"), Like(3, "2026-11-22T10:00:00Z")]);
        long? sealedAt = await intake.SealAsync(Day("2026-11-20"));
        IntakeOutcome late = (await intake.SubmitAsync([Like(4, "2026-11-20T11:00:00Z")]))[0];
        Assert.Equal(IntakeStatus.CarriedForward, late.Status);
        Assert.True(late.Position > sealedAt);
        Assert.Equal("2026-11-21", (await All(log))[(int)late.Position].Event.Window.ToString());
    }

    [Fact]
    public async Task A_late_event_opens_the_next_window_when_none_is_open_but_a_duplicate_does_not()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        await intake.SubmitAsync([Like(1, "2026-11-20T10:00:00Z")]);
        await intake.SealAsync(Day("2026-11-20"));
        long head = log.Head;
        Assert.Equal(IntakeStatus.Duplicate, (await intake.SubmitAsync([Like(1, "2026-11-20T10:00:00Z")]))[0].Status);
        Assert.Equal(head, log.Head);
        Assert.Equal(IntakeStatus.CarriedForward, (await intake.SubmitAsync([Like(2, "2026-11-20T10:00:00Z")]))[0].Status);
        Assert.Equal("2026-11-21", (await All(log))[^1].Event.Window.ToString());
    }

    [Fact]
    public async Task The_policy_refuse_refuses_late_events_but_not_duplicates()
    {
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default with { Windows = Ruleset.Default.Windows with { Late = LatePolicy.Refuse } }, _clock);
        EventIntake intake = EventIntake.Open(log, _clock);
        await intake.SubmitAsync([Like(1, "2026-11-20T10:00:00Z")]);
        await intake.SealAsync(Day("2026-11-20"));
        IntakeOutcome[] outcomes = await intake.SubmitAsync([Like(1, "2026-11-20T10:00:00Z"), Like(2, "2026-11-19T10:00:00Z")]);
        Assert.Equal(IntakeStatus.Duplicate, outcomes[0].Status);
        Assert.Equal("window-closed", outcomes[1].Refusal!.Code);
        Assert.Equal("window-closed", (await intake.CheckAsync([Like(2, "2026-11-19T10:00:00Z")]))[0].Refusal!.Code);
    }

    [Fact]
    public async Task Five_minutes_ahead_of_the_clock_is_the_limit()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        IntakeOutcome[] outcomes = await intake.SubmitAsync([Like(1, "2026-11-22T12:05:00Z"), Like(2, "2026-11-22T12:05:00.001Z")]);
        Assert.Equal(IntakeStatus.Accepted, outcomes[0].Status);
        Assert.Equal(("occurred-in-future", "occurredAt"), (outcomes[1].Refusal!.Code, outcomes[1].Refusal!.Field));
    }

    [Fact]
    public async Task What_the_ledger_states_itself_is_refused_from_producers()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        long head = log.Head;
        SubmittedEvent[] forged = [.. EventCatalogue.Kinds.Where(k => k.Origin() == EventOrigin.Ledger).Select(k => new SubmittedEvent(new EventId(9), _clock.Now, SampleFields.Event(k).Payload))];
        Assert.Equal(25, forged.Length);
        Assert.All(await intake.SubmitAsync(forged), o => Assert.Equal("kind-not-accepted", o.Refusal!.Code));
        Assert.Equal("id-nil", (await intake.SubmitAsync([Like(0, "2026-11-22T10:00:00Z")]))[0].Refusal!.Code);
        Assert.Equal(head, log.Head);
    }

    [Fact]
    public async Task Without_a_ruleset_for_the_day_no_window_opens()
    {
        await using InMemoryEventLog log = new();
        EventIntake intake = EventIntake.Open(log, _clock);
        Assert.Null(await intake.AdoptAsync(Day("2026-11-22"), Ruleset.Default));
        IntakeOutcome[] outcomes = await intake.SubmitAsync([Like(1, "2026-11-21T10:00:00Z"), Like(2, "2026-11-22T10:00:00Z")]);
        Assert.Equal("no-ruleset", outcomes[0].Refusal!.Code);
        Assert.Equal(IntakeStatus.Accepted, outcomes[1].Status);
    }

    [Fact]
    public async Task A_window_gets_the_last_ruleset_adopted_before_it_opened_and_none_is_adopted_under_it()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        Ruleset second = Ruleset.Default with { Accounts = new AccountRules { MinAgeDays = 3 } };
        Assert.Null(await intake.AdoptAsync(Day("2026-11-22"), second));
        await intake.SubmitAsync([Like(1, "2026-11-21T10:00:00Z"), Like(2, "2026-11-22T10:00:00Z")]);
        Digest[] hashes = [.. (await All(log)).Select(e => e.Payload).OfType<WindowOpened>().Select(w => w.RulesetHash)];
        Assert.Equal([Ruleset.Default.Hash, second.Hash], hashes);
        Assert.Equal("window-already-open", (await intake.AdoptAsync(Day("2026-11-22"), second))!.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5000)]
    public async Task The_group_size_and_the_cuts_of_the_submission_change_nothing(int groupSize)
    {
        SubmittedEvent[] events = [.. Enumerable.Range(1, 40).Select(i => Like((ulong)i, $"2026-11-{10 + (i * 7 % 12)}T10:00:00Z"))];
        byte[][] whole = await Bytes(5000, [events]);
        Assert.Equal(whole, await Bytes(groupSize, events.Chunk(7)));

        async Task<byte[][]> Bytes(int size, IEnumerable<SubmittedEvent[]> submissions)
        {
            await using InMemoryEventLog log = await NewLog();
            EventIntake intake = EventIntake.Open(log, _clock, size);
            foreach (SubmittedEvent[] submission in submissions) await intake.SubmitAsync(submission);
            return [.. (await All(log)).Select(e => CanonicalBytes.Of(e.Event))];
        }
    }

    [Property(MaxTest = 100)]
    public void Sending_anything_again_changes_nothing(byte[] picks, PositiveInt seal) => Task.Run(async () =>
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock, 4);
        SubmittedEvent[] events = [.. picks.Select(p => Like((ulong)(p % 16) + 1, $"2026-11-{10 + (p % 16 % 5)}T10:00:00Z"))];
        await intake.SubmitAsync(events);
        await intake.SealAsync(Day($"2026-11-{10 + (seal.Get % 5)}"));
        long head = log.Head;
        EventIntake restarted = EventIntake.Open(log, _clock, 3);
        Assert.All(await restarted.SubmitAsync(events), o => Assert.Equal(IntakeStatus.Duplicate, o.Status));
        Assert.Equal(head, log.Head);
        Assert.Equal(events.Select(e => e.Id).ToHashSet().Count, (await All(log)).Count(e => e.Payload is Liked));
    }).GetAwaiter().GetResult();

    [Fact]
    public async Task A_seal_has_one_position_for_ever()
    {
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        Assert.Null(await intake.SealAsync(Day("2026-11-22")));
        Assert.Null(await intake.OpenAsync(Day("2026-11-22")));
        long? position = await intake.SealAsync(Day("2026-11-22"));
        Assert.Equal(position, await intake.SealAsync(Day("2026-11-22")));
        Assert.Equal("window-closed", (await intake.OpenAsync(Day("2026-11-22")))!.Code);
    }

    private static SubmittedEvent Like(ulong id, string at) =>
        new(new EventId(id), UnixMs.TryParse(at, out UnixMs t) ? t : throw new FormatException(at), new Liked(new AccountId("ann"), new ContentId("clip")));

    private static Day Day(string text) => Core.Time.Day.TryParse(text, out Day day) ? day : throw new FormatException(text);

    private static async Task<List<RecordedEvent>> All(IEventLog log)
    {
        List<RecordedEvent> events = [];
        await foreach (RecordedEvent e in log.ReadAllAsync(0)) events.Add(e);
        return events;
    }

    private async Task<InMemoryEventLog> NewLog()
    {
        InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
        return log;
    }
}
