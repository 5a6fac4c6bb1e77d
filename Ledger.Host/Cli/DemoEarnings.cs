using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Projections.DayWindows;
using Ledger.Projections.Simulation;

namespace Ledger.Host.Cli;

/// <summary>What one part of the community did and earned, per account over all days.</summary>
/// <param name="Name">Which part.</param>
/// <param name="Accounts">Accounts in it.</param>
/// <param name="EventsEach">Activity events each stated, rounded down.</param>
/// <param name="PointsEachMicro">Points each earned, after damping, rounded down.</param>
/// <param name="PaidEach">What each was paid, rounded down.</param>
internal sealed record DemoGroup(string Name, int Accounts, long EventsEach, long PointsEachMicro, TokenAmount PaidEach);

/// <summary>Adds up what accounts did and earned over the days.</summary>
internal sealed class DemoEarnings(NameTable names)
{
    public const string Creators = "creators without a team";
    public const string Working = "teams where all work: members";
    public const string Burdened = "teams with a free rider: workers";
    public const string Ring = "sybil ring";
    public const string Bot = "view bot";

    private readonly Dictionary<string, long> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _points = [];
    private readonly Dictionary<int, UInt128> _paid = [];

    public void Count(SubmittedEvent e)
    {
        if (e.Payload is ActivityPayload activity) _events[activity.Actor.Value] = _events.GetValueOrDefault(activity.Actor.Value) + 1;
    }

    public void Add(ClosedWindow closed)
    {
        for (int row = 0; row < closed.Sheet.Account.Length; row++)
            _points[closed.Sheet.Account[row]] = _points.GetValueOrDefault(closed.Sheet.Account[row]) + closed.Sheet.PointsMicro[row];
        for (int line = 0; line < closed.Result.Statement.Count; line++)
        {
            int account = closed.Result.Statement.Account[line];
            _paid[account] = _paid.GetValueOrDefault(account) + closed.Result.Statement.Amount[line];
        }
    }

    /// <summary>The parts of the community, honest ones first; parts without accounts are left out.</summary>
    public IReadOnlyList<DemoGroup> Of(CommunityRoles roles)
    {
        HashSet<AccountId> providers = [.. roles.Teams.Select(t => t.Provider)];
        CommunityTeam[] working = [.. roles.Teams.Where(t => t.FreeRider is null)];
        CommunityTeam[] burdened = [.. roles.Teams.Where(t => t.FreeRider is not null)];
        DemoGroup[] groups =
        [
            Group("viewers", roles.Viewers),
            Group(Creators, roles.Creators.Where(c => !providers.Contains(c))),
            Group("teams where all work: providers", working.Select(t => t.Provider)),
            Group(Working, working.SelectMany(t => t.Members)),
            Group("teams with a free rider: providers", burdened.Select(t => t.Provider)),
            Group(Burdened, burdened.SelectMany(t => t.Members.Where(m => m != t.FreeRider))),
            Group("free riders", burdened.Select(t => t.FreeRider!.Value)),
            Group(Ring, roles.SybilRing),
            Group(Bot, [roles.ViewBot]),
            Group("spammer", [roles.Spammer]),
        ];
        return [.. groups.Where(g => g.Accounts > 0)];
    }

    private DemoGroup Group(string name, IEnumerable<AccountId> accounts)
    {
        int count = 0;
        long events = 0, points = 0;
        UInt128 paid = 0;
        foreach (AccountId account in accounts)
        {
            count++;
            events += _events.GetValueOrDefault(account.Value);
            int ordinal = names.Find(account.Value);
            points += _points.GetValueOrDefault(ordinal);
            paid += _paid.GetValueOrDefault(ordinal);
        }

        int heads = Math.Max(1, count);
        return new DemoGroup(name, count, events / heads, points / heads, TokenAmount.FromBaseUnits(paid / (uint)heads));
    }
}
