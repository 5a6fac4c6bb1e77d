using Ledger.Core.Identity;

namespace Ledger.Projections.Simulation;

/// <summary>A team of the community.</summary>
/// <param name="Space">Its space.</param>
/// <param name="Provider">Who provides the space; works.</param>
/// <param name="Members">The approved members, the free rider included.</param>
/// <param name="FreeRider">The member that does almost nothing, if the team has one.</param>
public sealed record CommunityTeam(SpaceId Space, AccountId Provider, IReadOnlyList<AccountId> Members, AccountId? FreeRider);

/// <summary>Who plays what part, so that what each earns can be told.</summary>
public sealed record CommunityRoles
{
    /// <summary>Creators with a space of their own, the most popular first; team providers among them.</summary>
    public required IReadOnlyList<AccountId> Creators { get; init; }

    /// <summary>Teams of 2 to 8. Those without a free rider meet the default ruleset's quota every day from the second on.</summary>
    public required IReadOnlyList<CommunityTeam> Teams { get; init; }

    /// <summary>Accounts that only watch and react, the most active first.</summary>
    public required IReadOnlyList<AccountId> Viewers { get; init; }

    /// <summary>Accounts of one person that act on each other all day.</summary>
    public required IReadOnlyList<AccountId> SybilRing { get; init; }

    /// <summary>Watches for one creator faster than anybody can.</summary>
    public required AccountId ViewBot { get; init; }

    /// <summary>Likes and comments, always with the same words; suspended at noon of the last day.</summary>
    public required AccountId Spammer { get; init; }
}
