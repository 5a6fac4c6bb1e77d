using Ledger.Core.Time;

namespace Ledger.Projections.Simulation;

/// <summary>What community to make.</summary>
public sealed record CommunitySettings
{
    /// <summary>The same seed and settings make the same events, to the byte, on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Accounts, 100 to 1,000,000.</summary>
    public int Accounts { get; init; } = 10_000;

    /// <summary>Days, 1 to 3,650.</summary>
    public int Days { get; init; } = 7;

    /// <summary>Events of each day, the opening of the community on the first day included; more when the community's own schedule needs more.</summary>
    public int EventsPerDay { get; init; } = 285_715;

    /// <summary>The first day.</summary>
    public required Day FirstDay { get; init; }

    internal void Require()
    {
        InRange(nameof(Accounts), Accounts, 100, 1_000_000);
        InRange(nameof(Days), Days, 1, 3_650);
        InRange(nameof(EventsPerDay), EventsPerDay, 1_000, 1_000_000_000);
    }

    private static void InRange(string setting, int value, int min, int max)
    {
        if (value < min || value > max) throw new ArgumentOutOfRangeException(nameof(value), value, $"{setting} is {min} to {max}");
    }
}
