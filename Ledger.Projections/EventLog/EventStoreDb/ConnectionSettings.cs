using System.Globalization;
using System.Net;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>An EventStoreDB or KurrentDB connection string, read.</summary>
/// <remarks>
/// <c>esdb://user:password@host:2113,host2:2113?tls=false</c>; <c>kurrentdb</c> means the same, and <c>+discover</c> asks
/// the hosts for their cluster first, as several hosts do. Option names are not case sensitive; one that is not known is refused, because a
/// misspelt <c>tlsCAFile</c> must not go unseen.
/// </remarks>
internal sealed record ConnectionSettings
{
    private const int PortDefault = 2113;

    private static readonly string[] Schemes = ["esdb", "kurrentdb"];

    /// <summary>The hosts named, one or more.</summary>
    public required IReadOnlyList<DnsEndPoint> Hosts { get; init; }

    /// <summary>Whether the hosts are asked for the cluster's leader before anything else.</summary>
    public bool Discovers { get; init; }

    /// <summary>User name; null without credentials.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public bool Tls { get; init; } = true;

    /// <summary>Whether the server's certificate is checked.</summary>
    public bool VerifiesCertificate { get; init; } = true;

    /// <summary>Certificates, PEM, that the server's must be signed by; null for the machine's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client's own certificate and its key, PEM.</summary>
    public string? UserCertFile { get; init; }

    public string? UserKeyFile { get; init; }

    public string ConnectionName { get; init; } = "weledger";

    /// <summary>How often the cluster is looked for before a call fails.</summary>
    public int DiscoverAttemptsMax { get; init; } = 10;

    /// <summary>Pause between two attempts.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan GossipTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an append may take until its outcome counts as unknown.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="FormatException">Not a connection string, or an option that is not known or has no such value; the message says which.</exception>
    public static ConnectionSettings Parse(string text)
    {
        if (Scheme(text) is not { } scheme) throw Fault("it does not begin with esdb://, kurrentdb:// or one of them with +discover");
        string rest = text[(scheme.Length + 3)..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string options = question < 0 ? "" : rest[(question + 1)..];
        string authority = (question < 0 ? rest : rest[..question]).TrimEnd('/');
        int at = authority.LastIndexOf('@');
        (string? user, string? password) = at < 0 ? (null, null) : Credentials(authority[..at]);
        DnsEndPoint[] hosts = [.. authority[(at + 1)..].Split(',').Select(Host)];
        ConnectionSettings settings = new()
        {
            Hosts = hosts,
            Discovers = hosts.Length > 1 || scheme.EndsWith("+discover", StringComparison.OrdinalIgnoreCase),
            User = user,
            Password = password,
        };
        foreach (string option in options.Split('&', StringSplitOptions.RemoveEmptyEntries)) settings = settings.With(option);
        if (settings.UserCertFile is null != settings.UserKeyFile is null) throw Fault("userCertFile and userKeyFile come together");
        return settings;
    }

    private static string? Scheme(string text)
    {
        int end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) return null;
        string scheme = text[..end];
        string plain = scheme.EndsWith("+discover", StringComparison.OrdinalIgnoreCase) ? scheme[..^"+discover".Length] : scheme;
        return Array.Exists(Schemes, known => known.Equals(plain, StringComparison.OrdinalIgnoreCase)) ? scheme : null;
    }

    private static (string User, string Password) Credentials(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..])) : throw Fault("credentials are user:password");
    }

    private static DnsEndPoint Host(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && !text.EndsWith(']');
        string host = (hasPort ? text[..colon] : text).Trim();
        int port = PortDefault;
        if (host.Length == 0) throw Fault("a host is missing");
        if (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > ushort.MaxValue))
            throw Fault($"'{text[(colon + 1)..]}' is no port");
        return new DnsEndPoint(host, port);
    }

    private ConnectionSettings With(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw Fault($"'{option}' is no option; key=value");
        string key = option[..equals];
        string value = Uri.UnescapeDataString(option[(equals + 1)..]);
        return key.ToUpperInvariant() switch
        {
            "TLS" => this with { Tls = Flag(key, value) },
            "TLSVERIFYCERT" => this with { VerifiesCertificate = Flag(key, value) },
            "TLSCAFILE" => this with { CaFile = value },
            "USERCERTFILE" => this with { UserCertFile = value },
            "USERKEYFILE" => this with { UserKeyFile = value },
            "CONNECTIONNAME" => this with { ConnectionName = value },
            "MAXDISCOVERATTEMPTS" => this with { DiscoverAttemptsMax = Math.Max(1, Number(key, value)) },
            "DISCOVERYINTERVAL" => this with { DiscoveryInterval = TimeSpan.FromMilliseconds(Number(key, value)) },
            "GOSSIPTIMEOUT" => this with { GossipTimeout = TimeSpan.FromSeconds(Number(key, value)) },
            "DEFAULTDEADLINE" => this with { Deadline = TimeSpan.FromMilliseconds(Math.Max(1, Number(key, value))) },
            "KEEPALIVEINTERVAL" => this with { KeepAliveInterval = KeepAlive(key, value) },
            "KEEPALIVETIMEOUT" => this with { KeepAliveTimeout = KeepAlive(key, value) },
            "NODEPREFERENCE" when value.Equals("leader", StringComparison.OrdinalIgnoreCase) => this,
            "NODEPREFERENCE" => throw Fault("nodePreference can only be leader: the log appends, and reads what it appended"),
            "THROWONAPPENDFAILURE" => this, // how a client library reports a conflict; here it is always an answer
            _ => throw Fault($"'{key}' is no option that is known"),
        };
    }

    private static bool Flag(string key, string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw Fault($"{key} is true or false, not '{value}'"),
    };

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Fault($"{key} is a whole number, not '{value}'");

    private static TimeSpan KeepAlive(string key, string value) => value == "-1" ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1_000, Number(key, value)));

    private static FormatException Fault(string detail) => new($"connection-string: {detail}");
}
