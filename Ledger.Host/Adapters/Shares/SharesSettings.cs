using System.Net;

namespace Ledger.Host.Adapters.Shares;

/// <summary>The section <c>shares</c> of the settings file (specs/adapters.md).</summary>
/// <param name="Link">What a link's address starts with, such as <c>https://go.example.org</c>; <c>/s/CODE</c> is put behind it.</param>
/// <param name="Target">Where a visitor is sent, such as <c>https://app.example.org/v/{content}</c>; <c>{content}</c> and <c>{platform}</c> are filled in.</param>
/// <param name="Proxies">Networks of the proxies in front, such as <c>10.0.0.0/8</c>, whose <c>X-Forwarded-For</c> is believed.</param>
internal sealed record SharesSettings(string Link, string Target, IReadOnlyList<string>? Proxies = null)
{
    private const string Content = "{content}";
    private const string Platform = "{platform}";

    /// <exception cref="FormatException"><c>url-malformed</c> or <c>network-malformed</c>.</exception>
    public IPNetwork[] Check()
    {
        RequireUrl(Link, "link");
        if (Link.Contains('?', StringComparison.Ordinal) || Link.Contains('#', StringComparison.Ordinal)) throw new FormatException("url-malformed: link of the shares has no query and no fragment");
        RequireUrl(TargetOf("x", "x"), "target");

        // What is filled in stands behind the host, so that no link leads anywhere else.
        int path = Target.IndexOf('/', Target.IndexOf("://", StringComparison.Ordinal) + 3);
        if (path < 0 || Target.IndexOf('{', StringComparison.Ordinal) < path || !Target.Contains(Content, StringComparison.Ordinal))
            throw new FormatException($"url-malformed: target of the shares names the video as {Content}, behind the host: https://app.example.org/v/{Content}");
        return [.. (Proxies ?? []).Select(p => IPNetwork.TryParse(p, out IPNetwork network) ? network : throw new FormatException($"network-malformed: '{p}' is no network; write it as 10.0.0.0/8 or 192.0.2.7/32"))];
    }

    /// <summary>The address of a link.</summary>
    public string LinkOf(string code) => $"{Link.TrimEnd('/')}/s/{code}";

    /// <summary>Where the visitors of a link are sent.</summary>
    public string TargetOf(string content, string platform) => Target
        .Replace(Content, Uri.EscapeDataString(content), StringComparison.Ordinal)
        .Replace(Platform, Uri.EscapeDataString(platform), StringComparison.Ordinal);

    private static void RequireUrl(string text, string name)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || !(url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)) || url.UserInfo.Length > 0)
            throw new FormatException($"url-malformed: {name} of the shares is no https address (http only on this machine)");
    }
}
