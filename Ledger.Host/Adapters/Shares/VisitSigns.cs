using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Adapters.Shares;

/// <summary>Tells a person who follows a link from programs that only look at it.</summary>
internal static class VisitSigns
{
    /// <summary>Words in the User-Agent of programs: previews of the named platforms first, then search engines, scripts and checkers.</summary>
    /// <remarks>The browsers inside the platforms' own applications have none of them: who reads in LINE or WeChat is a person.</remarks>
    private static readonly string[] Programs =
    [
        "facebookexternalhit", "facebookcatalog", "facebot", "meta-external", "twitterbot", "line-poker", "linespider", "kakaotalk-scrap", "kakaostory-og-reader", "qq-url-manager", "wechatshareextension",
        "bot", "crawl", "spider", "scrap", "slurp", "preview", "fetch", "embed", "monitor", "headless", "lighthouse", "whatsapp", "vkshare", "yeti", "daum",
        "curl", "wget", "python", "java/", "go-http-client", "okhttp", "libwww", "httpclient", "axios", "node",
    ];

    /// <summary>Whether a request is a person's who wants to see what is behind the link.</summary>
    public static bool IsPerson(string method, IHeaderDictionary headers)
    {
        if (!HttpMethods.IsGet(method)) return false;
        if (IsAhead(headers["Sec-Purpose"]) || IsAhead(headers["Purpose"]) || IsAhead(headers["X-Purpose"]) || IsAhead(headers["X-Moz"])) return false;

        // Browsers say what they load a thing for: a picture or a script on somebody's page is no visit.
        string destination = headers["Sec-Fetch-Dest"].ToString();
        if (destination.Length > 0 && destination != "document") return false;
        string agent = headers.UserAgent.ToString();
        return agent.Length > 0 && !Array.Exists(Programs, word => agent.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsAhead(string? purpose) =>
        purpose is { Length: > 0 } && (purpose.Contains("prefetch", StringComparison.OrdinalIgnoreCase) || purpose.Contains("prerender", StringComparison.OrdinalIgnoreCase) || purpose.Contains("preview", StringComparison.OrdinalIgnoreCase));
}
