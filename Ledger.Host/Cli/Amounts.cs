using System.Globalization;
using Ledger.Core.Quantities;

namespace Ledger.Host.Cli;

/// <summary>Quantities as people read them. JSON has the exact ones.</summary>
internal static class Amounts
{
    /// <summary>WE with four decimals, rounded down: nobody is shown more than there is.</summary>
    public static string We(TokenAmount amount) => We(amount, 4);

    /// <summary>The same with two decimals, for wide tables.</summary>
    public static string ShortWe(TokenAmount amount) => We(amount, 2);

    /// <inheritdoc cref="We(TokenAmount)"/>
    public static string We(UInt128 baseUnits) => We(TokenAmount.FromBaseUnits(baseUnits));

    /// <summary>A ratio with four decimals, rounded down, so that 1 is shown only for 1.</summary>
    public static string Ratio(Q32 ratio)
    {
        UInt128 scaled = ((UInt128)ratio.Raw * 10_000) >> Q32.FractionBits;
        return string.Create(CultureInfo.InvariantCulture, $"{(ulong)scaled / 10_000}.{(ulong)scaled % 10_000:D4}");
    }

    /// <inheritdoc cref="Ratio(Q32)"/>
    public static string Ratio(ulong raw) => Ratio(Q32.FromRaw(raw));

    /// <summary>Points, exact.</summary>
    public static string Points(long micropoints) => Core.Quantities.Points.FromMicropoints(micropoints).ToString();

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(ulong count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string We(TokenAmount amount, int decimals)
    {
        UInt128 unit = Pow10(TokenAmount.Decimals - decimals);
        (UInt128 whole, UInt128 part) = UInt128.DivRem(amount.BaseUnits / unit, Pow10(decimals));
        return $"{whole.ToString("N0", CultureInfo.InvariantCulture)}.{part.ToString(CultureInfo.InvariantCulture).PadLeft(decimals, '0')}";
    }

    private static UInt128 Pow10(int exponent)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
