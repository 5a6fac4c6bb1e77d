namespace Ledger.Host.Client;

/// <summary>How a client reaches a ledger.</summary>
public sealed record LedgerClientOptions
{
    /// <summary>The address of <c>weledger serve</c>, such as <c>http://127.0.0.1:5080</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The API key.</summary>
    public required string Key { get; init; }

    /// <summary>The signing secret (<c>whsec_…</c>) of a client that signs; null for one that does not.</summary>
    public string? SigningSecret { get; init; }

    /// <summary>Events sent together at most.</summary>
    public int BatchEventsMax { get; init; } = 1_000;

    /// <summary>How long the first event of a batch waits for others.</summary>
    public TimeSpan BatchWithin { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Events that wait to be sent; past it whoever brings more waits too.</summary>
    public int WaitingEventsMax { get; init; } = 20_000;

    /// <summary>How often a request is sent again before it is given up.</summary>
    public int RetriesMax { get; init; } = 8;

    /// <summary>The first pause before a request is sent again; each further one is about twice as long, unless the ledger says how long.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long one try may take.</summary>
    public TimeSpan TryWithin { get; init; } = TimeSpan.FromSeconds(30);
}
