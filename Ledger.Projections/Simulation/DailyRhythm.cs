namespace Ledger.Projections.Simulation;

/// <summary>How a day's events spread over its minutes: quiet before dawn, a peak in the evening.</summary>
internal static class DailyRhythm
{
    public const int MinutesPerDay = 1440;

    // Weight of each hour (UTC); a shape such as video services show, not any one service's.
    private static readonly int[] HourWeights = [20, 13, 9, 7, 7, 9, 16, 27, 37, 41, 43, 47, 52, 49, 45, 45, 48, 53, 63, 75, 88, 92, 74, 40];

    private static readonly long[] Cumulative = Accumulate();

    /// <summary>How many of <paramref name="total"/> events fall into a minute; the minutes of a day sum to the total exactly.</summary>
    public static int Share(int minute, int total) =>
        (int)((Cumulative[minute + 1] * total / Cumulative[MinutesPerDay]) - (Cumulative[minute] * total / Cumulative[MinutesPerDay]));

    private static long[] Accumulate()
    {
        long[] sums = new long[MinutesPerDay + 1];
        for (int minute = 0; minute < MinutesPerDay; minute++) sums[minute + 1] = sums[minute] + HourWeights[minute / 60];
        return sums;
    }
}
