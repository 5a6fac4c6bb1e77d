using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Host.Api;

/// <summary>Ids, days and hashes as they stand in addresses.</summary>
internal static class RouteIds
{
    public static AccountId Account(string text) => new(Id(text));

    public static SpaceId Space(string text) => new(Id(text));

    public static ContentId Content(string text) => new(Id(text));

    /// <exception cref="ApiProblemException"><c>day-malformed</c>.</exception>
    public static Day Day(string text) => Core.Time.Day.TryParse(text, out Day day)
        ? day
        : throw new ApiProblemException(Problems.Malformed("day-malformed", "a day is written as 2026-11-22 (UTC)"));

    /// <exception cref="ApiProblemException"><c>event-id-malformed</c>.</exception>
    public static EventId Event(string text) => EventId.TryParse(text, out EventId id)
        ? id
        : throw new ApiProblemException(Problems.Malformed("event-id-malformed", "an event id is a UUID such as 01234567-89ab-8cde-8f01-23456789abcd"));

    /// <exception cref="ApiProblemException"><c>digest-malformed</c>.</exception>
    public static Digest Hash(string text) => Digest.TryParse(text, out Digest digest)
        ? digest
        : throw new ApiProblemException(Problems.Malformed("digest-malformed", "a hash is 0x and 64 hexadecimal digits"));

    /// <summary>An id's text: routing leaves an escaped slash as it came.</summary>
    /// <exception cref="ApiProblemException">A code of <see cref="IdText"/>.</exception>
    public static string Id(string text) => Require(text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>An id's text as it stands in a body.</summary>
    /// <exception cref="ApiProblemException">A code of <see cref="IdText"/>.</exception>
    public static string Require(string text) => IdText.Fault(text) is { } fault
        ? throw new ApiProblemException(Problems.Malformed(fault, $"an id is 1 to {IdText.BytesMax} bytes of UTF-8 without control characters"))
        : text;
}
