using System.Collections.Concurrent;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Ingest;

/// <summary>
/// Submissions of many callers travel side by side and still every event stands once, in the order of its submission, behind the opening and before
/// the seal of its window.
/// </summary>
public sealed class ConcurrentIntakeTests
{
    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");

    [Fact]
    public async Task No_event_lands_before_the_opening_or_behind_the_seal_of_its_window()
    {
        const int Callers = 16;
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
        EventIntake intake = EventIntake.Open(log, _clock, groupSize: 7);
        int carried = 0;
        bool isSealing = true;
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int round = 0; round < 100 || Volatile.Read(ref isSealing); round++)
            {
                SubmittedEvent[] events = [.. Enumerable.Range(0, random.Next(1, 20)).Select(i => Like(((ulong)caller << 32) | ((ulong)round << 16) | (uint)(i + 1), $"2026-11-{random.Next(1, 23):D2}T10:00:00Z"))];
                IntakeOutcome[] outcomes = await intake.SubmitAsync(events);
                Assert.All(outcomes, o => Assert.True(o.Status is IntakeStatus.Accepted or IntakeStatus.CarriedForward));
                for (int i = 1; i < outcomes.Length; i++) Assert.True(outcomes[i].Position > outcomes[i - 1].Position, $"seed {caller}: the order of a submission is the order in the log");
                Interlocked.Add(ref carried, outcomes.Count(o => o.Status == IntakeStatus.CarriedForward));
            }
        }))];
        Task sealing = Task.Run(async () =>
        {
            for (int day = 1; day <= 15; day++)
            {
                Assert.Null(await intake.OpenAsync(Day($"2026-11-{day:D2}")));
                Assert.NotNull(await intake.SealAsync(Day($"2026-11-{day:D2}")));
            }

            Volatile.Write(ref isSealing, false);
        });
        await Task.WhenAll([.. callers, sealing]);

        HashSet<Day> open = [];
        HashSet<Day> over = [];
        int likes = 0;
        await foreach (RecordedEvent e in log.ReadAllAsync(2))
        {
            switch (e.Payload)
            {
                case WindowOpened opened:
                    Assert.True(open.Add(opened.Window));
                    break;
                case WindowSealed seal:
                    Assert.True(open.Remove(seal.Window) && over.Add(seal.Window));
                    break;
                default:
                    Assert.Contains(e.Event.Window, open);
                    likes++;
                    break;
            }
        }

        Assert.Equal(15, over.Count);
        Assert.True(carried > 0, "no event was ever late: the test tried nothing");
        Assert.True(likes > Callers * 100);
    }

    [Fact]
    public async Task Sixty_four_callers_with_the_same_ten_thousand_ids_leave_each_event_once()
    {
        const int Ids = 10_000;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-intake-");
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder.FullName))
        {
            await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
            EventIntake intake = EventIntake.Open(log, _clock);
            ConcurrentDictionary<ulong, long> positions = [];
            int accepted = 0;
            await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
            {
                ulong[] ids = [.. Enumerable.Range(1, Ids).Select(i => (ulong)i)];
                new Random(caller).Shuffle(ids);
                foreach (ulong[] chunk in ids.Chunk(500))
                {
                    IntakeOutcome[] outcomes = await intake.SubmitAsync([.. chunk.Select(id => Like(id, "2026-11-22T10:00:00Z"))]);
                    for (int i = 0; i < chunk.Length; i++) Assert.Equal(outcomes[i].Position, positions.GetOrAdd(chunk[i], outcomes[i].Position));
                    Interlocked.Add(ref accepted, outcomes.Count(o => o.Status == IntakeStatus.Accepted));
                }
            })));
            Assert.Equal(Ids, accepted);
            Assert.Equal(Ids + 3, log.Head);
            await log.VerifyAsync();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_change_whose_outcome_is_unknown_is_looked_up_before_anything_follows()
    {
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
        await using UncertainLog uncertain = new(log);
        EventIntake intake = EventIntake.Open(uncertain, _clock);
        await intake.SubmitAsync([Like(1, "2026-11-22T10:00:00Z")]);
        uncertain.LosesAnswers = true;
        await Assert.ThrowsAsync<LogFaultException>(async () => await intake.SealAsync(Day("2026-11-22")));
        uncertain.LosesAnswers = false;
        IntakeOutcome late = (await intake.SubmitAsync([Like(2, "2026-11-22T10:00:00Z")]))[0];
        Assert.Equal(IntakeStatus.CarriedForward, late.Status);
    }

    [Fact]
    public async Task Late_duplicates_are_told_without_reading_an_event()
    {
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
        await using UncertainLog counted = new(log);
        EventIntake intake = EventIntake.Open(counted, _clock);
        SubmittedEvent[] events = [.. Enumerable.Range(1, 100).Select(i => Like((ulong)i, "2026-11-20T10:00:00Z"))];
        IntakeOutcome[] first = await intake.SubmitAsync(events);
        await intake.SealAsync(Day("2026-11-20"));
        IntakeOutcome[] again = await intake.SubmitAsync(events);
        Assert.All(again, o => Assert.Equal(IntakeStatus.Duplicate, o.Status));
        Assert.Equal(first.Select(o => o.Position), again.Select(o => o.Position));
        Assert.Equal(0, counted.EventsRead);
    }

    private static SubmittedEvent Like(ulong id, string at) =>
        new(new EventId(id), UnixMs.TryParse(at, out UnixMs t) ? t : throw new FormatException(at), new Liked(new AccountId("ann"), new ContentId("clip")));

    private static Day Day(string text) => Core.Time.Day.TryParse(text, out Day day) ? day : throw new FormatException(text);
}
