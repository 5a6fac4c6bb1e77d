namespace Ledger.Projections.EventLog.Postgres;

/// <summary>What a process that opens the log may choose.</summary>
public sealed record PostgresOptions
{
    /// <summary>How long the server may be away, in the middle of an append or a read, before that fails.</summary>
    public TimeSpan AwayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Positions of an id segment, kept with the log when it is made; a later value changes nothing.</summary>
    internal int SegmentEvents { get; init; } = 1 << 20;
}
