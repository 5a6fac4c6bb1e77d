using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Simulation;

/// <summary>Under the default ruleset the community's parts earn what their names say: workers meet the quota, free riders and bots get next to nothing.</summary>
public sealed class CommunityPointsTests
{
    private readonly NameTable _names = new();
    private readonly Community _community = new(new CommunitySettings { FirstDay = Day.FromNumber(20_770), Accounts = 800, EventsPerDay = 24_000, Days = 2 });
    private readonly Dictionary<AccountId, ActivityColumns> _second = [];

    [Fact]
    public async Task Workers_meet_the_quota_and_the_others_do_not()
    {
        FoldContext context = await SecondDayAsync();
        long quota = Ruleset.Default.Poa.QuotaMicro;
        foreach (CommunityTeam team in _community.Roles.Teams)
        {
            foreach (AccountId worker in team.Members.Append(team.Provider).Where(a => a != team.FreeRider))
                Assert.True(Points(context, worker).Team >= quota, $"{worker} of {team.Space}");
            if (team.FreeRider is { } rider) Assert.True(Points(context, rider).Team < quota / 10);
        }

        Assert.True(Counted(context, _community.Roles.ViewBot) <= 20, "the bot's views repeat");
        Assert.True(Counted(context, _community.Roles.Spammer) < _second[_community.Roles.Spammer].Count / 2);
    }

    private (long All, long Team) Points(FoldContext context, AccountId account)
    {
        ShardTotals totals = new();
        new AccountJudge(context).Judge(_names.Find(account.Value), Events(account), totals);
        return (totals.PointsMicro[0], totals.TeamPointsMicro[0]);
    }

    private int Counted(FoldContext context, AccountId account)
    {
        Core.Validity.Verdict[] verdicts = new Core.Validity.Verdict[_second[account].Count];
        new AccountJudge(context).Judge(_names.Find(account.Value), Events(account), new ShardTotals(), verdicts);
        return verdicts.Count(v => v == Core.Validity.Verdict.Counted);
    }

    private ShardEvent[] Events(AccountId account) => [.. Enumerable.Range(0, _second[account].Count).Select(i => ShardEvent.From(_second[account], i))];

    private async Task<FoldContext> SecondDayAsync()
    {
        ManualClock clock = new("2027-01-01T00:00:00Z");
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        EventIntake intake = EventIntake.Open(log, clock);
        CommunityRun run = _community.Begin();
        Day second = default;
        while (run.HasNext)
        {
            second = run.Day;
            await intake.SubmitAsync([.. run.NextDay()]);
        }

        Core.Contributions.Directory directory = new(_names);
        Memberships memberships = new(directory);
        Retractions retractions = new(_names);
        TeamRoster roster = TeamRoster.Empty;
        long openedAt = 0;
        Minutes bandwidth = new();
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            if (e.Payload is WindowOpened opened && opened.Window == second) (roster, openedAt) = (memberships.Roster(0), e.Position);
            directory.Apply(e);
            memberships.Apply(e);
            retractions.Apply(e);
            if (e.Event.Window != second || e.Payload is not ActivityPayload activity) continue;
            if (!_second.TryGetValue(activity.Actor, out ActivityColumns? columns)) _second.Add(activity.Actor, columns = new ActivityColumns());
            ActivityRows.Add(columns, _names, e, e.Payload is TipRefunded refund && retractions.KnowsTip(refund, long.MaxValue));
        }

        Assert.Equal(_community.Roles.Teams.Count, roster.Count);
        return new FoldContext
        {
            Window = second,
            OpenedAt = openedAt,
            SealedAt = log.Head,
            Rules = Ruleset.Default.ForKernel(),
            Directory = directory,
            Roster = roster,
            Retractions = retractions,
            Bandwidth = bandwidth,
            Unfunded = new HashSet<long>(),
        };
    }

    /// <summary>Everybody has bought enough; that purchases come before their use is another test's matter.</summary>
    private sealed class Minutes : IBandwidth
    {
        public long MinutesAt(int account, long position) => 1_000;
    }
}
