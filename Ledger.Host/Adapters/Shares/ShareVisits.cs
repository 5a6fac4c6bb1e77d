using System.Net;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Adapters.Shares;

/// <summary>A request for a link, as it came.</summary>
/// <param name="Code">The link.</param>
/// <param name="Method">HTTP's.</param>
/// <param name="Headers">As they came.</param>
/// <param name="From">The address it came from.</param>
/// <param name="At">When.</param>
internal sealed record ShareRequest(string Code, string Method, IHeaderDictionary Headers, IPAddress From, UnixMs At);

/// <summary>What a request for a link comes to.</summary>
/// <param name="Why">Stable: <c>visit</c>, or why it is none: <c>unknown-link</c>, <c>program</c>, <c>self</c>.</param>
/// <param name="Link">What the link says; null when it is none.</param>
/// <param name="Event">The visit; null when it is none.</param>
/// <param name="Cookie">What the browser should keep until the end of the day, if anything.</param>
internal readonly record struct ShareOutcome(string Why, ShareLink? Link, SubmittedEvent? Event = null, string? Cookie = null);

/// <summary>Decides what a request for a link comes to; the same request always comes to the same.</summary>
internal sealed class ShareVisits(byte[] key, IReadOnlyList<IPNetwork> proxies, TimeProvider clock)
{
    /// <summary>Cookies: the name of the day, and the account that the app vouches for.</summary>
    public const string VisitCookie = "weledger-visit", AccountCookie = "weledger-account";

    private readonly ShareLinks _links = new(key);
    private readonly Visitors _visitors = new(key);

    /// <summary>Tokens by which the app vouches for who its user is.</summary>
    public AccountTokens Accounts { get; } = new(key, "weledger-share-account", clock);

    public ShareLinks Links => _links;

    public ShareOutcome Decide(ShareRequest request)
    {
        if (!_links.TryRead(request.Code, out ShareLink? link)) return new ShareOutcome("unknown-link", null);
        if (!VisitSigns.IsPerson(request.Method, request.Headers)) return new ShareOutcome("program", link);
        Day day = Day.Of(request.At);
        AccountId? account = Accounts.Read(Cookie(request.Headers, AccountCookie))?.Account;
        if (account == link.Account) return new ShareOutcome("self", link);
        Visitor visitor = _visitors.Of(account, Cookie(request.Headers, VisitCookie), AddressOf(request), request.Headers.UserAgent.ToString(), day);

        // Once per visitor and day, whoever's link it was: the first one brought the visitor.
        SubmittedEvent visit = new(EventId.Derive("share-visit", $"{day}\u001f{visitor.Id.Value}"), request.At, new ShareVisited(link.Account, link.Content, visitor.Id));
        return new ShareOutcome("visit", link, visit, visitor.Cookie);
    }

    /// <summary>The address that the nearest proxy was asked from, where there is one: what stands before it in the list is anybody's word.</summary>
    private IPAddress AddressOf(ShareRequest request)
    {
        IPAddress from = request.From.IsIPv4MappedToIPv6 ? request.From.MapToIPv4() : request.From;
        if (!proxies.Any(p => p.Contains(from))) return from;
        string last = request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return IPAddress.TryParse(last, out IPAddress? told) ? told : from;
    }

    private static string? Cookie(IHeaderDictionary headers, string name)
    {
        foreach (string part in headers.Cookie.ToString().Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name, StringComparison.Ordinal)) return part[(name.Length + 1)..];
        }

        return null;
    }
}
