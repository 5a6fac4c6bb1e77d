namespace Ledger.Core.Contributions;

/// <summary>A window's teams, fixed at the position where the window opened (reward rules R3).</summary>
/// <remarks>
/// A team is a space's provider and the members it approved. An account is in at most one team: its own space's if that has members
/// (the first opened, should it have several), else the one that approved it last. Accounts in no team are not here.
/// Teams stand in canonical order: by the bytes of the space id.
/// </remarks>
public sealed class TeamRoster
{
    private readonly Dictionary<int, int> _teamOfAccount;

    /// <param name="spaces">Space ordinals in canonical order.</param>
    /// <param name="providers">Provider of each.</param>
    /// <param name="members">Members of each, provider excluded, in canonical order; at least one.</param>
    /// <param name="providerShareBps">The provider's share in force, basis points, as set (the ruleset bounds it).</param>
    public TeamRoster(int[] spaces, int[] providers, int[][] members, uint[] providerShareBps)
    {
        Spaces = spaces;
        Providers = providers;
        Members = members;
        ProviderShareBps = providerShareBps;
        _teamOfAccount = [];
        for (int team = 0; team < spaces.Length; team++)
        {
            _teamOfAccount.Add(providers[team], team);
            foreach (int member in members[team]) _teamOfAccount.Add(member, team);
        }
    }

    /// <summary>No teams.</summary>
    public static TeamRoster Empty { get; } = new([], [], [], []);

    /// <summary>Number of teams.</summary>
    public int Count => Spaces.Length;

    public int[] Spaces { get; }

    public int[] Providers { get; }

    public int[][] Members { get; }

    public uint[] ProviderShareBps { get; }

    /// <summary>People in a team, the provider included.</summary>
    public int Size(int team) => Members[team].Length + 1;

    /// <summary>The account's team, or −1.</summary>
    public int TeamOf(int account) => _teamOfAccount.TryGetValue(account, out int team) ? team : -1;

    /// <summary>The space in which the account's activity counts for its team, or −1 when it is in no team.</summary>
    public int TeamSpaceOf(int account) => TeamOf(account) is var team and >= 0 ? Spaces[team] : -1;
}
