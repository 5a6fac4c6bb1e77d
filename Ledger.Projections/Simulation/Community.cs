using System.Globalization;
using Ledger.Core.Identity;

namespace Ledger.Projections.Simulation;

/// <summary>A made-up community: its people and their parts, from a seed. <see cref="Begin"/> lets it live.</summary>
/// <remarks>
/// Accounts stand in this order: creators (a tenth; every eighth provides a team), team members, viewers, and at the end the ring, the view bot and the spammer.
/// Popularity of creators follows Zipf's law, activity of viewers a flatter one.
/// </remarks>
public sealed class Community
{
    private const int CreatorsPerTeam = 8;
    private const int TeamSizeMax = 8;

    // Every third team has a free rider.
    private const int TeamsPerFreeRider = 3;

    public Community(CommunitySettings settings)
    {
        settings.Require();
        Settings = settings;
        SplitMix64 random = new(SplitMix64.Mix(settings.Seed));
        Accounts = new AccountId[settings.Accounts];
        for (int i = 0; i < Accounts.Length; i++) Accounts[i] = new AccountId(string.Create(CultureInfo.InvariantCulture, $"user-{i:000000}"));

        Creators = settings.Accounts / 10;
        Spaces = new SpaceId[Creators];
        for (int i = 0; i < Creators; i++) Spaces[i] = new SpaceId(string.Create(CultureInfo.InvariantCulture, $"space-{i:000000}"));

        int ring = Math.Clamp(settings.Accounts / 800, 4, 50);
        RingStart = settings.Accounts - ring - 2;
        RingEnd = RingStart + ring;
        RingSpaces = new SpaceId[ring];
        for (int i = 0; i < ring; i++) RingSpaces[i] = new SpaceId(string.Create(CultureInfo.InvariantCulture, $"space-ring-{i:00}"));

        List<Team> teams = [];
        int next = Creators;
        for (int provider = 0; provider < Creators; provider++)
        {
            if (!ProvidesTeam(provider)) continue;
            int members = 1 + random.Below(TeamSizeMax - 1);
            int[] team = [.. Enumerable.Range(next, members)];
            next += members;
            teams.Add(new Team(provider, team, teams.Count % TeamsPerFreeRider == 1 ? team[^1] : -1));
        }

        Teams = [.. teams];
        ViewersStart = next;
        Roles = new CommunityRoles
        {
            Creators = Accounts[..Creators],
            Teams = [.. teams.Select(t => new CommunityTeam(Spaces[t.Provider], Accounts[t.Provider], [.. t.Members.Select(m => Accounts[m])], t.FreeRider < 0 ? null : Accounts[t.FreeRider]))],
            Viewers = Accounts[ViewersStart..RingStart],
            SybilRing = Accounts[RingStart..RingEnd],
            ViewBot = Accounts[RingEnd],
            Spammer = Accounts[RingEnd + 1],
        };
    }

    public CommunitySettings Settings { get; }

    /// <summary>Who plays what part.</summary>
    public CommunityRoles Roles { get; }

    internal AccountId[] Accounts { get; }

    internal SpaceId[] Spaces { get; }

    internal SpaceId[] RingSpaces { get; }

    internal Team[] Teams { get; }

    /// <summary>Accounts below this have a space of their own.</summary>
    internal int Creators { get; }

    internal int ViewersStart { get; }

    internal int RingStart { get; }

    /// <summary>One past the ring; the view bot is this account and the spammer the next.</summary>
    internal int RingEnd { get; }

    /// <summary>Starts the community's life from its first day; every call starts the same life anew.</summary>
    public CommunityRun Begin() => new(this);

    internal static bool ProvidesTeam(int creator) => creator % CreatorsPerTeam == CreatorsPerTeam / 2;

    /// <summary>A team by account numbers; no free rider is −1.</summary>
    internal sealed record Team(int Provider, int[] Members, int FreeRider);
}
