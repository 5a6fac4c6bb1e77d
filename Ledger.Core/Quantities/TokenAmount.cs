namespace Ledger.Core.Quantities;

/// <summary>Base units, 18 decimals.</summary>
public readonly record struct TokenAmount
{
    private TokenAmount(UInt128 baseUnits) => BaseUnits = baseUnits;

    public UInt128 BaseUnits { get; }

    public static TokenAmount FromBaseUnits(UInt128 value) => new(value);
}
