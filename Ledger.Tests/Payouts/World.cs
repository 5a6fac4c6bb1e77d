using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Tests.Payouts;

/// <summary>One person of a generated window. Small numbers, so that ties, zeros and full quotas are common.</summary>
/// <param name="Team">Modulo 5: 0 is no team, else a member of that team, whose provider is the first person that names it.</param>
/// <param name="Points">Points in tenths of the quota.</param>
/// <param name="TeamPoints">Points in the team's space in tenths of the quota, at most ten tenths over.</param>
/// <param name="Posts">Videos; modulo 4.</param>
/// <param name="Received">Distinct viewers, likers and so on; modulo 8.</param>
/// <param name="Wallet">Modulo 4: 0 is none, else one of three wallets.</param>
public sealed record Person(byte Team, byte Points, byte TeamPoints, byte Posts, byte Received, byte Wallet)
{
    public int TeamNumber => Team % 5;
}

/// <summary>Makes a window's inputs out of people.</summary>
public sealed class World
{
    public static readonly Day FirstDay = Day.FromNumber(20_000);

    private readonly string[] _names;

    public World(Ruleset ruleset, IReadOnlyList<Person> people, Func<int, string>? nameOf = null, bool namesReversed = false)
    {
        Ruleset = ruleset;
        People = people;
        _names = [.. Enumerable.Range(0, people.Count).Select(nameOf ?? (i => $"p{i:000}"))];
        foreach (string name in namesReversed ? _names.Reverse() : _names) Directory.Names.Intern(name);
        for (int i = 0; i < people.Count; i++) Link(i, people[i].Wallet % 4);
    }

    public Ruleset Ruleset { get; }

    public IReadOnlyList<Person> People { get; }

    public Directory Directory { get; } = new(new NameTable());

    public NameTable Names => Directory.Names;

    public int Ordinal(int person) => Names.Find(_names[person]);

    public int PersonOf(int account) => Array.IndexOf(_names, Names.Text(account));

    public void Link(int person, int wallet)
    {
        if (wallet == 0) return;
        WalletLinked linked = new(new AccountId(_names[person]), new WalletAddress(0, (uint)wallet));
        Directory.Apply(new RecordedEvent(0, 0, new NewEvent(new EventId(1), UnixMs.Epoch, UnixMs.Epoch, FirstDay, linked)));
    }

    public WindowInputs Window(int day, PayoutState state, ulong fund = 125_000_000, ulong topUps = 0)
    {
        ContributionSheet sheet = Sheet();
        return new WindowInputs
        {
            SealedAt = long.MaxValue,
            Window = FirstDay.Plus(day),
            Ruleset = Ruleset,
            Sheet = sheet,
            Roster = Roster(),
            Directory = Directory,
            State = state,
            Fund = TokenAmount.FromWe(fund),
            TopUps = TokenAmount.FromWe(topUps),
            Gifts = [],
            DrawSeed = new Digest(1, 2, 3, (ulong)day),
        };
    }

    /// <summary>What each person earned, by index.</summary>
    public UInt128[] Earned(WindowResult result)
    {
        UInt128[] earned = new UInt128[People.Count];
        for (int i = 0; i < result.Statement.Count; i++) earned[PersonOf(result.Statement.Account[i])] += result.Statement.Amount[i];
        return earned;
    }

    public TeamRoster Roster()
    {
        (int Head, int[] Members)[] teams = [.. Enumerable.Range(0, People.Count).Where(i => People[i].TeamNumber > 0)
            .GroupBy(i => People[i].TeamNumber).Where(g => g.Count() > 1).Select(g => (g.First(), g.Skip(1).ToArray()))];
        int[] spaces = [.. teams.Select(t => Names.Intern($"space of {_names[t.Head]}"))];
        int[] order = CanonicalOrder.Of(spaces, Names);
        return new TeamRoster(
            [.. order.Select(i => spaces[i])],
            [.. order.Select(i => Ordinal(teams[i].Head))],
            [.. order.Select(i => Canonical(teams[i].Members))],
            [.. order.Select(i => (uint)(teams[i].Head % 3) * 3_000)]);
    }

    public ContributionSheet Sheet()
    {
        long quota = Ruleset.Poa.QuotaMicro;
        HashSet<int> inTeam = [.. Roster().Members.Concat(Roster().Providers.Select(p => new[] { p })).SelectMany(m => m).Select(PersonOf)];
        int[] people = [.. Canonical([.. Enumerable.Range(0, People.Count)]).Select(PersonOf)];
        int[] active = [.. people.Where(i => People[i].Points > 0)];
        int[] makers = [.. people.Where(i => People[i].Posts % 4 > 0 || People[i].Received % 8 > 0)];
        int[] posters = [.. Enumerable.Range(0, makers.Length).Where(i => People[makers[i]].Posts % 4 > 0)];
        return new ContributionSheet
        {
            Account = [.. active.Select(Ordinal)],
            PointsMicro = [.. active.Select(i => quota * People[i].Points / 10)],
            TeamPointsMicro = [.. active.Select(i => inTeam.Contains(i) ? quota * Math.Min(People[i].TeamPoints % 21, People[i].Points) / 10 : 0)],
            Creator = [.. makers.Select(Ordinal)],
            Posts = [.. makers.Select(i => (uint)(People[i].Posts % 4))],
            BroadcastMinutes = [.. makers.Select(i => (uint)(People[i].Posts % 3 * 20))],
            OwnReplies = [.. makers.Select(i => (uint)(People[i].Posts % 5))],
            NetFollowers = [.. makers.Select(i => (People[i].Received % 8) - 3)],
            Viewers = [.. makers.Select(i => (uint)(People[i].Received % 8))],
            Likers = [.. makers.Select(i => (uint)(People[i].Received % 8 / 2))],
            Commenters = [.. makers.Select(i => (uint)(People[i].Received % 8 / 3))],
            Tippers = [.. makers.Select(i => (uint)(People[i].Received % 8 / 5))],
            Sharers = [.. makers.Select(i => (uint)(People[i].Received % 8 / 7))],
            CategoryCreatorIndex = posters,
            Category = [.. posters.Select(i => makers[i] % 2 == 0 ? "dance" : "music")],
            CategoryPosts = [.. posters.Select(i => (uint)(People[makers[i]].Posts % 4))],
            Metrics = [.. Enumerable.Range(0, WindowClosed.MetricNames.Count).Select(m => (ulong)(active.Length * (m + 1)))],
            Verdicts = new ulong[Verdicts.Count],
        };
    }

    private int[] Canonical(int[] people)
    {
        int[] ordinals = Array.ConvertAll(people, Ordinal);
        return Array.ConvertAll(CanonicalOrder.Of(ordinals, Names), i => ordinals[i]);
    }
}
