using System.Net;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Shares;
using Ledger.Host.Security;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ledger.Tests.Adapters.Shares;

/// <summary>Guaranteed: a person who follows a link is one visit a day, whoever's links and however often; programs, forgers and the sharer are none.</summary>
public sealed class ShareTests
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

    private static readonly byte[] Key = [.. Enumerable.Range(1, TokenSigner.KeyBytes).Select(i => (byte)i)];
    private static readonly UnixMs Noon = UnixMs.From(1_795_348_800_000);

    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");

    [Fact]
    public void A_link_says_what_was_shared_and_only_the_ledger_makes_one()
    {
        ShareLinks links = new(Key), others = new(TokenSigner.NewKey());
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        for (int i = 0; i < 200; i++)
        {
            ShareLink link = new(new AccountId(Text(random)), new ContentId(Text(random)), (SharePlatform)random.Next(8));
            string code = links.CodeOf(link);
            Assert.True(links.TryRead(code, out ShareLink? read) && read == link, $"seed {seed}: {link}");
            Assert.Equal(code, links.CodeOf(link));
            Assert.False(others.TryRead(code, out _));
            for (int k = 0; k < 50; k++)
            {
                char[] forged = code.ToCharArray();
                int at = random.Next(forged.Length);
                forged[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[random.Next(64)];
                string text = random.Next(10) == 0 ? code[..at] : new string(forged);
                if (text != code) Assert.False(links.TryRead(text, out _), $"seed {seed}: {text}");
            }
        }

        Assert.Equal(["other", "facebook", "x", "line", "wechat", "qq", "instagram", "kakao"], ShareLinks.Platforms.Keys);
    }

    [Theory]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")]
    [InlineData("Facebot")]
    [InlineData("meta-externalagent/1.1")]
    [InlineData("Twitterbot/1.0")]
    [InlineData("facebookexternalhit/1.1;line-poker/1.0")]
    [InlineData("facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/")]
    [InlineData("Mozilla/5.0 (iPhone) QQ-URL-Manager")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("curl/8.5.0")]
    [InlineData("python-requests/2.32")]
    [InlineData("")]
    public void A_program_is_no_visitor(string agent) => Assert.Equal("program", Decide(Visits(), Request(agent: agent)).Why);

    [Theory]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.19.0")]
    [InlineData("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49 Language/zh_CN")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 302.0.0.23.113")]
    [InlineData("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 KAKAOTALK 10.4.5")]
    [InlineData("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/441.0]")]
    [InlineData("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 MQQBrowser/6.2 QQ/8.9.3")]
    [InlineData(Browser)]
    public void Who_reads_inside_an_application_is_a_visitor(string agent) => Assert.Equal("visit", Decide(Visits(), Request(agent: agent)).Why);

    [Theory]
    [InlineData("HEAD", null, null)]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender")]
    [InlineData("GET", "Purpose", "prefetch")]
    [InlineData("GET", "X-Moz", "prefetch")]
    [InlineData("GET", "X-Purpose", "preview")]
    [InlineData("GET", "Sec-Fetch-Dest", "image")]
    [InlineData("GET", "Sec-Fetch-Dest", "iframe")]
    public void Loading_ahead_or_beside_is_no_visit(string method, string? header, string? value)
    {
        ShareRequest request = Request(method: method);
        if (header is not null) request.Headers[header] = value;
        Assert.Equal("program", Decide(Visits(), request).Why);
    }

    [Fact]
    public void The_sharer_is_no_visitor_where_the_app_knows_them()
    {
        ShareVisits visits = Visits();
        Assert.Equal("self", Decide(visits, Request(cookie: AccountCookie(visits, "ann"))).Why);
        ShareOutcome other = Decide(visits, Request(cookie: AccountCookie(visits, "bob")));
        Assert.Equal(new ShareVisited(new AccountId("ann"), new ContentId("clip"), new AccountId("bob")), other.Event!.Value.Payload);
        Assert.Null(other.Cookie);

        // A cookie that is forged, another link's or expired says nothing.
        string[] wrong = [AccountCookie(visits, "ann") + "x", $"{ShareVisits.AccountCookie}=ann", AccountCookie(new ShareVisits(TokenSigner.NewKey(), [], _clock), "ann")];
        Assert.All(wrong, cookie => Assert.StartsWith("visitor:", ((ShareVisited)Decide(visits, Request(cookie: cookie)).Event!.Value.Payload).Visitor.Value, StringComparison.Ordinal));
        string kept = AccountCookie(visits, "ann");
        _clock.Now = _clock.Now.PlusMs(24 * 3_600_000);
        Assert.Equal("visit", Decide(visits, Request(cookie: kept)).Why);
    }

    [Fact]
    public void An_address_is_at_most_so_many_visitors_a_day_whatever_it_calls_itself_and_keeps()
    {
        ShareVisits visits = Visits();
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        HashSet<string> names = [];
        List<string> cookies = [];
        for (int i = 0; i < 2_000; i++)
        {
            string? cookie = cookies.Count > 0 && random.Next(2) == 0 ? $"{ShareVisits.VisitCookie}={cookies[random.Next(cookies.Count)]}" : null;
            ShareOutcome outcome = Decide(visits, Request(agent: $"Mozilla/5.0 ({random.Next()})", cookie: cookie));
            if (outcome.Cookie is { } given) cookies.Add(given);
            names.Add(((ShareVisited)outcome.Event!.Value.Payload).Visitor.Value);
        }

        Assert.Equal(Visitors.PerAddress, names.Count);

        // Every address of an IPv6 site is that site.
        string[] site = [.. Enumerable.Range(1, 50).Select(i => VisitorOf(visits, Request(from: $"2001:db8:1:2::{i:x}"))).Distinct()];
        Assert.Single(site);
        Assert.NotEqual(site[0], VisitorOf(visits, Request(from: "2001:db8:1:3::1")));
        Assert.Equal(VisitorOf(visits, Request(from: "192.0.2.7")), VisitorOf(visits, Request(from: "::ffff:192.0.2.7")));
    }

    [Fact]
    public void A_name_holds_for_the_day_and_over_networks_and_no_longer()
    {
        ShareVisits visits = Visits();
        ShareOutcome first = Decide(visits, Request(from: "192.0.2.7"));
        string cookie = $"{ShareVisits.VisitCookie}={first.Cookie}";
        string name = ((ShareVisited)first.Event!.Value.Payload).Visitor.Value;
        Assert.Equal(name, VisitorOf(visits, Request(from: "198.51.100.9", cookie: cookie)));
        Assert.Null(Decide(visits, Request(cookie: cookie)).Cookie);
        string[] nextDay = [VisitorOf(visits, Request(from: "192.0.2.7", cookie: cookie, at: Noon.PlusMs(86_400_000))), VisitorOf(visits, Request(from: "192.0.2.7", at: Noon.PlusMs(86_400_000)))];
        Assert.Single(nextDay.Distinct());
        Assert.DoesNotContain(name, nextDay);
    }

    [Fact]
    public void A_proxy_is_believed_where_the_settings_name_it_and_nobody_else()
    {
        ShareVisits behind = new(Key, [IPNetwork.Parse("10.0.0.0/8")], _clock);
        ShareRequest Forwarded(string from) => Request(from: from, forwarded: "203.0.113.1, 192.0.2.7");
        Assert.Equal(VisitorOf(behind, Request(from: "192.0.2.7")), VisitorOf(behind, Forwarded("10.1.2.3")));
        Assert.Equal(VisitorOf(behind, Request(from: "198.51.100.1")), VisitorOf(behind, Forwarded("198.51.100.1")));
    }

    [Fact]
    public void Visits_are_once_per_visitor_and_day_as_an_oracle_counts_them()
    {
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        ShareVisits visits = Visits();
        HashSet<EventId> events = [];
        HashSet<(string Visitor, long Day)> expected = [];
        for (int i = 0; i < 3_000; i++)
        {
            UnixMs at = Noon.PlusMs(random.NextInt64(3 * 86_400_000L));
            _clock.Now = at;
            string sharer = $"user-{random.Next(5)}";
            string? visitor = random.Next(2) == 0 ? $"user-{random.Next(5)}" : null;
            string from = $"192.0.2.{random.Next(1, 6)}";
            bool isProgram = random.Next(10) == 0;
            ShareOutcome outcome = Decide(visits, Request(
                sharer: sharer, from: from, at: at, agent: isProgram ? "Twitterbot/1.0" : Browser, cookie: visitor is null ? null : AccountCookie(visits, visitor)));
            if (outcome.Event is { } e) events.Add(e.Id);
            if (!isProgram && visitor != sharer) expected.Add((visitor ?? from, at.Value / 86_400_000));
        }

        Assert.True(expected.Count == events.Count && events.Count > 20, $"seed {seed}: {events.Count} visits where {expected.Count} are expected");
    }

    [Fact]
    public void Recorded_requests_come_to_what_they_came_to()
    {
        ShareVisits visits = Visits();
        HashSet<EventId> known = [];
        int line = 0;
        foreach (RecordedRequest recorded in RecordedRequest.Read("shares-requests.ndjson"))
        {
            line++;
            _clock.Now = recorded.At;
            ShareOutcome outcome = visits.Decide(recorded.Request(visits));
            string came = outcome.Event is { } e ? known.Add(e.Id) ? "visit" : "again" : outcome.Why;
            Assert.True(recorded.Expect == came, $"line {line} came to {came}");
        }

        Assert.True(line >= 12);
    }

    [Theory]
    [InlineData("https://go.example.org", "https://app.example.org/v/{content}?from={platform}", null)]
    [InlineData("http://127.0.0.1:5080", "http://localhost:3000/#/v/{content}", null)]
    [InlineData("http://go.example.org", "https://app.example.org/v/{content}", "url-malformed")]
    [InlineData("https://go.example.org", "https://{content}.example.org/", "url-malformed")]
    [InlineData("https://go.example.org", "https://app.example.org{content}/v", "url-malformed")]
    [InlineData("https://go.example.org", "{content}", "url-malformed")]
    [InlineData("https://go.example.org", "javascript:alert('{content}')", "url-malformed")]
    [InlineData("https://go.example.org", "https://app.example.org/v", "url-malformed")]
    [InlineData("https://go.example.org?x", "https://app.example.org/v/{content}", "url-malformed")]
    [InlineData("https://u:p@go.example.org", "https://app.example.org/v/{content}", "url-malformed")]
    public void Links_lead_where_the_settings_say_and_nowhere_else(string link, string target, string? code)
    {
        SharesSettings settings = new(link, target);
        if (code is not null)
        {
            Assert.StartsWith(code + ":", Assert.Throws<FormatException>(settings.Check).Message, StringComparison.Ordinal);
            return;
        }

        settings.Check();
        string host = new Uri(target.Replace("{content}", "x", StringComparison.Ordinal)).Authority;
        foreach (string evil in (string[])["//evil.example", "https://evil.example/", "@evil.example", "\\evil", "..", "../../..", "a?b#c&d", "e\u0301 😀", "{platform}"])
            Assert.Equal(host, new Uri(settings.TargetOf(evil, "x")).Authority);
    }

    private static string Text(Random random)
    {
        string[] parts = ["a", "user-7", "é", "😀", " ", "/", "\"", ":", "x"];
        string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
        return IdText.Fault(text) is null ? text : "a";
    }

    private static string VisitorOf(ShareVisits visits, ShareRequest request) => ((ShareVisited)Decide(visits, request).Event!.Value.Payload).Visitor.Value;

    private static string AccountCookie(ShareVisits visits, string account) => $"{ShareVisits.AccountCookie}={visits.Accounts.Issue(new AccountId(account), TimeSpan.FromHours(24)).Text}";

    private static ShareRequest Request(string sharer = "ann", string method = "GET", string agent = Browser, string from = "192.0.2.7", string? cookie = null, string? forwarded = null, UnixMs? at = null)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        headers.UserAgent = agent;
        if (cookie is not null) headers.Cookie = $"theme=dark; {cookie}; lang=ko";
        if (forwarded is not null) headers["X-Forwarded-For"] = forwarded;
        return new ShareRequest(new ShareLinks(Key).CodeOf(new ShareLink(new AccountId(sharer), new ContentId("clip"), SharePlatform.Line)), method, headers, IPAddress.Parse(from), at ?? Noon);
    }

    private static ShareOutcome Decide(ShareVisits visits, ShareRequest request)
    {
        ShareOutcome outcome = visits.Decide(request);
        ShareOutcome again = visits.Decide(request);
        Assert.Equal(outcome.Event?.Id, again.Event?.Id);
        return outcome;
    }

    private ShareVisits Visits() => new(Key, [], _clock);
}
