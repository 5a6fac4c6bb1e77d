using System.Globalization;

namespace Ledger.Core.Time;

/// <summary>A UTC day.</summary>
public readonly record struct Day(int Number)
{
    public override string ToString() => DateOnly.FromDayNumber(Number + 719162).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
