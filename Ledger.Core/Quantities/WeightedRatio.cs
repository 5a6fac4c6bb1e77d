namespace Ledger.Core.Quantities;

/// <summary>One term of a weighted geometric mean: a positive value over its positive reference, in the same unit, with its weight.</summary>
public readonly record struct WeightedRatio(UInt128 Value, UInt128 Reference, Q32 Weight);
