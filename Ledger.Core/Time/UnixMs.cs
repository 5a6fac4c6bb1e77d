namespace Ledger.Core.Time;

/// <summary>Milliseconds since 1970-01-01 UTC.</summary>
public readonly record struct UnixMs(long Value);
