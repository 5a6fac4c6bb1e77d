namespace Ledger.Host.Client;

/// <summary>What became of an event.</summary>
/// <param name="Status"><c>accepted</c>, <c>carried-forward</c>, <c>duplicate</c> or <c>refused</c>.</param>
/// <param name="Position">Its place in the log, unless it was refused.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Field">The field at fault, if one is.</param>
/// <param name="Detail">What was found and what is expected.</param>
public sealed record EventVerdict(string Status, long? Position = null, string? Code = null, string? Field = null, string? Detail = null)
{
    /// <summary>Whether the event is in the log, now or from before.</summary>
    public bool IsInLog => Position is not null;
}

/// <summary>The ledger did not take a request, and sending it again would not help, or was tried often enough.</summary>
public sealed class LedgerRequestException : Exception
{
    public LedgerRequestException()
        : this("request-failed", "the ledger did not take the request")
    {
    }

    public LedgerRequestException(string message)
        : this("request-failed", message)
    {
    }

    public LedgerRequestException(string message, Exception innerException)
        : base(message, innerException) => Code = "request-failed";

    /// <param name="code">The problem's code (specs/api.md).</param>
    /// <param name="detail">What the ledger said.</param>
    public LedgerRequestException(string code, string detail)
        : base($"{code}: {detail}") => Code = code;

    /// <summary>The problem's code.</summary>
    public string Code { get; }
}
