namespace Ledger.Host.Api.EventStore;

/// <summary>What a caller may do.</summary>
[Flags]
internal enum CallerRights
{
    None = 0,
    Read = 1,
    Append = 2,
}

/// <summary>Knows callers by their credentials.</summary>
internal interface ICallers
{
    /// <summary>The rights of who sends this <c>authorization</c> header; null when none was sent.</summary>
    ValueTask<CallerRights> RightsAsync(string? authorization, CancellationToken cancel);
}
