namespace Ledger.Host.Composition;

/// <summary>Where a log lives: a folder of this machine, or a server by an address such as <c>postgres://host/database</c>.</summary>
internal sealed record LogAddress
{
    private const string SchemeEnd = "://";

    private LogAddress(string scheme, string value) => (Scheme, Value) = (scheme, value);

    /// <summary>Lower case, without <c>://</c>; empty for a folder.</summary>
    public string Scheme { get; }

    /// <summary>The folder's absolute path, or the address as it was given; it may hold a password, so it is for the store alone.</summary>
    public string Value { get; }

    /// <summary>The log in this folder.</summary>
    public static LogAddress Folder(string path) => new("", path);

    /// <summary>Reads a folder or an address as a person writes it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="pathOf">Makes a path absolute.</param>
    public static LogAddress Of(string text, Func<string, string> pathOf)
    {
        int end = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        return end < 0 ? Folder(pathOf(text)) : new(text[..end].ToLowerInvariant(), text);
    }

    /// <summary>For people: the password, if there is one, is not shown.</summary>
    public override string ToString()
    {
        int start = Scheme.Length + SchemeEnd.Length;
        if (Scheme.Length == 0) return Value;
        int authorityEnd = Value.IndexOfAny(['/', '?'], start);
        int at = Value.LastIndexOf('@', (authorityEnd < 0 ? Value.Length : authorityEnd) - 1);
        int colon = at < start ? -1 : Value.IndexOf(':', start, at - start);
        return colon < 0 ? Value : $"{Value[..colon]}:***{Value[at..]}";
    }
}
