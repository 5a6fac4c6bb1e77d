using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Projections.EventLog.InMemory;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Tests.Support;

/// <summary>
/// A small random community and one window of its activity, made from a seed: few accounts, few targets, everything that can go wrong.
/// The same seed and size give the same world.
/// </summary>
public sealed class World
{
    public static readonly Day Window = Day.FromNumber(20_000);

    private readonly Random _random;
    private readonly List<RecordedEvent> _events = [];

    public World(int seed, int activity, string prefix = "")
    {
        _random = new Random(seed);
        string[] people = [.. Enumerable.Range(0, 8).Select(i => $"{prefix}p{i}")];
        foreach (string person in people.Take(7)) Add(new AccountOpened(new AccountId(person)), Window.Plus(-_random.Next(0, 4)));
        Add(new SpaceOpened(new SpaceId(prefix + "s0"), new AccountId(people[0])));
        Add(new SpaceOpened(new SpaceId(prefix + "s1"), new AccountId(people[1])));
        Add(new MemberApproved(new SpaceId(prefix + "s0"), new AccountId(people[2])));
        Add(new MemberApproved(new SpaceId(prefix + "s0"), new AccountId(people[3])));
        for (int c = 0; c < 4; c++) Add(Publish(prefix, people, c));
        OpenedAt = _events.Count;
        Add(new WindowOpened(Window, default));
        for (int i = 0; i < activity; i++) Add(Next(prefix, people), Pick(40) == 0 ? Window.Plus(1) : Window);
        SealedAt = _events.Count;
        Add(new WindowSealed(Window));
        for (int i = 0; i < 5; i++) Add(Next(prefix, people), Window.Plus(1));
    }

    public IReadOnlyList<RecordedEvent> Events => _events;

    public long OpenedAt { get; }

    public long SealedAt { get; }

    /// <summary>Payments that a balance did not cover; here every third.</summary>
    public IReadOnlySet<long> Unfunded =>
        _events.Where(e => e.Payload.Kind.IsPayment() && e.Position % 3 == 0).Select(e => e.Position).ToHashSet();

    public static ValidityRules Rules { get; } = new()
    {
        WeightMicro = [.. Enumerable.Range(0, EventKinds.ActivityCount).Select(kind => kind * 700_000L)],
        Cap = [.. Enumerable.Range(0, EventKinds.ActivityCount).Select(kind => kind % 4 == 1 ? 5u : 0u)],
        MinIntervalMs = [.. Enumerable.Range(0, EventKinds.ActivityCount).Select(kind => kind % 3 == 1 ? 20_000L : 0L)],
        PairKneeMicro = 3_000_000,
        MinViewSeconds = 3,
        MinViewPercent = 30,
        MinCommentLetters = 2,
        MinAgeDays = 2,
        BandwidthRequired = true,
    };

    /// <summary>A log of the world's events, appended so many at a time.</summary>
    public async Task<InMemoryEventLog> LogAsync(int batch)
    {
        InMemoryEventLog log = new();
        foreach (RecordedEvent[] events in _events.Chunk(batch)) await log.AppendAsync([.. events.Select(e => e.Event)]);
        return log;
    }

    /// <summary>What judging the window needs, from everything before the seal, with the given name table.</summary>
    public FoldContext Context(NameTable names) => Context(names, SealedAt);

    /// <summary>The same as if it were sealed at another position behind its opening.</summary>
    public FoldContext Context(NameTable names, long sealedAt)
    {
        Directory directory = new(names);
        Memberships memberships = new(directory);
        Retractions retractions = new(names);
        TeamRoster roster = TeamRoster.Empty;
        foreach (RecordedEvent e in _events.Where(e => e.Position < sealedAt))
        {
            directory.Apply(e);
            memberships.Apply(e);
            retractions.Apply(e);
            if (e.Payload is WindowOpened) roster = memberships.Roster(1_000);
        }

        return new FoldContext
        {
            Window = Window,
            OpenedAt = OpenedAt,
            SealedAt = sealedAt,
            Rules = Rules,
            Directory = directory,
            Roster = roster,
            Retractions = retractions,
            Bandwidth = new Bandwidth(this, names),
            Unfunded = Unfunded,
        };
    }

    /// <summary>Minutes an account bought before a position: every funded purchase.</summary>
    public long MinutesAt(string account, long position) => _events
        .Where(e => e.Position < position && !Unfunded.Contains(e.Position))
        .Select(e => e.Payload).OfType<BandwidthPurchased>().Where(e => e.Account.Value == account).Sum(e => (long)e.Minutes);

    private int Pick(int below) => _random.Next(below);

    private void Add(EventPayload payload, Day? window = null)
    {
        long at = Window.Start.Value + (_events.Count * 7_000L) - Pick(15_000);
        _events.Add(new RecordedEvent(_events.Count, 0, new NewEvent(
            EventId.Derive("world", $"{_events.Count}"), UnixMs.From(at), UnixMs.From(at), window ?? Window, payload)));
    }

    private VideoPublished Publish(string prefix, string[] people, int content) => new(
        new ContentId($"{prefix}v{content}"), new SpaceId($"{prefix}s{Pick(3)}"), new AccountId(people[Pick(4)]), $"k{Pick(2)}", (uint)(Pick(3) * 20));

    private EventPayload Next(string prefix, string[] people)
    {
        AccountId who = new(people[Pick(people.Length)]);
        AccountId other = new(people[Pick(people.Length)]);
        ContentId video = new($"{prefix}v{Pick(6)}");
        SpaceId space = new($"{prefix}s{Pick(3)}");
        TokenAmount amount = TokenAmount.FromWe((ulong)(1 + Pick(5)));
        long minute = (Window.Start.Value / 60_000) + Pick(30) - 2;
        return Pick(21) switch
        {
            0 or 1 or 2 => new Viewed(who, video, (uint)Pick(9)),
            3 or 4 => new Liked(who, video),
            5 => new Unliked(who, video),
            6 or 7 => new Commented(who, video, (byte)Pick(5), (ulong)Pick(4)),
            8 => new Shared(who, video, (byte)Pick(3)),
            9 => new ShareVisited(who, video, other),
            10 => new Followed(who, other),
            11 => new Unfollowed(who, other),
            12 => new BroadcastStarted(who, space, "x"),
            13 => new BroadcastMinute(who, space, minute),
            14 => new PresenceMinute(who, space, minute),
            15 => new Tipped(who, space, amount),
            16 => RefundOfSomething(who),
            17 => new GiftSent(who, space, "rose", amount),
            18 => new BandwidthPurchased(who, (uint)Pick(4), amount),
            19 => Pick(6) == 0 ? new ContentDeleted(video) : Pick(2) == 0 ? new ContentPurchased(who, video, amount) : new AppPurchased(who, new AppId("app"), amount),
            _ => Pick(8) == 0 ? new AccountSuspended(who, "spam") : Publish(prefix, people, Pick(7)),
        };
    }

    private TipRefunded RefundOfSomething(AccountId who)
    {
        RecordedEvent[] tips = [.. _events.Where(e => e.Payload is Tipped)];
        if (tips.Length == 0 || Pick(3) == 0) return new TipRefunded(who, EventId.Derive("world", "no such tip"));
        RecordedEvent tip = tips[Pick(tips.Length)];
        return new TipRefunded(Pick(4) == 0 ? who : ((Tipped)tip.Payload).Account, tip.Event.Id);
    }

    private sealed class Bandwidth(World world, NameTable names) : IBandwidth
    {
        public long MinutesAt(int account, long position) => world.MinutesAt(names.Text(account), position);
    }
}
