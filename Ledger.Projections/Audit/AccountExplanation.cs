using Ledger.Core.Events;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Core.Validity;

namespace Ledger.Projections.Audit;

/// <summary>An account's window, the whole way from what it did to what it got.</summary>
public sealed record AccountExplanation
{
    public required string Account { get; init; }

    public required Day Window { get; init; }

    /// <summary>False when the window is open and everything here is provisional.</summary>
    public required bool IsFinal { get; init; }

    /// <summary>Every activity event of the account, in log order.</summary>
    public required IReadOnlyList<JudgedEvent> Events { get; init; }

    /// <summary>What it did to each owner, before and after damping.</summary>
    public required IReadOnlyList<PairPoints> Pairs { get; init; }

    /// <summary>Points after damping, µpoints.</summary>
    public required long PointsMicro { get; init; }

    /// <summary>Points that count for its team, µpoints.</summary>
    public required long TeamPointsMicro { get; init; }

    /// <summary>The team's or the account's way through POA; null when it took no part.</summary>
    public required PoaExplanation? Poa { get; init; }

    /// <summary>The creator's way through POC; null when it did not enter.</summary>
    public required PocExplanation? Poc { get; init; }

    /// <summary>The statement's lines for the account.</summary>
    public required IReadOnlyList<(PayoutRule Rule, TokenAmount Amount)> Lines { get; init; }

    /// <summary>Everything the account's payee has ever earned, this window included.</summary>
    public required TokenAmount Cumulative { get; init; }

    /// <summary>Its wallet, or null.</summary>
    public required string? Wallet { get; init; }
}

/// <summary>One activity event and how it ended.</summary>
/// <param name="Position">Where it stands in the log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Target">What it acted on, or null.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Verdict">Counted, or why not.</param>
/// <param name="PointsMicro">What it earned before damping; 0 when it did not count.</param>
public sealed record JudgedEvent(long Position, string Id, EventKind Kind, string? Target, UnixMs OccurredAt, Verdict Verdict, long PointsMicro);

/// <summary>Points earned by acting on one owner: raw, and after damping; owner null for what the account made itself, which is not damped.</summary>
public sealed record PairPoints(string? Owner, long RawMicro, long DampedMicro);

/// <summary>POA for one team or account alone.</summary>
/// <param name="Space">The team's space; null for an account alone.</param>
/// <param name="Provider">The provider; the account itself when alone.</param>
/// <param name="People">Each with its points, √e (Q32) and whether it met the quota.</param>
/// <param name="QuotaMicro">The quota, µpoints.</param>
/// <param name="Output">V, Q32.</param>
/// <param name="Optimum">V*, Q32.</param>
/// <param name="Ratio">ρ.</param>
/// <param name="Factor">φ.</param>
/// <param name="Entitlement">The team's part of the POA pool.</param>
/// <param name="Paid">What the team was paid.</param>
public sealed record PoaExplanation(
    string? Space, string Provider, IReadOnlyList<TeamMember> People, long QuotaMicro, Q32 Output, Q32 Optimum, Q32 Ratio, Q32 Factor, TokenAmount Entitlement, TokenAmount Paid);

/// <summary>One person of a team.</summary>
public sealed record TeamMember(string Account, long PointsMicro, Q32 RootEffort, bool MetQuota, TokenAmount Paid);

/// <summary>POC for one creator.</summary>
/// <param name="Entrant">Its scores, coefficients, chance and prize.</param>
/// <param name="Group">Its group.</param>
/// <param name="Rivals">Everyone in the group, best score first: account, score, chance, paid.</param>
public sealed record PocExplanation(PocEntrant Entrant, PocGroup Group, IReadOnlyList<PocRival> Rivals);

/// <summary>One member of a POC group.</summary>
public sealed record PocRival(string Account, long ScoreMicro, Q32 Chance, TokenAmount Paid);

/// <summary>One event's whole story.</summary>
/// <param name="Event">The event.</param>
/// <param name="Judged">How it ended; null when it is no activity event.</param>
/// <param name="Account">The actor's whole window; null when it is no activity event.</param>
public sealed record EventExplanation(RecordedEvent Event, JudgedEvent? Judged, AccountExplanation? Account);
