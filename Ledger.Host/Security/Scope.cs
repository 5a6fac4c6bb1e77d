using System.Diagnostics.CodeAnalysis;

namespace Ledger.Host.Security;

/// <summary>What is read or written: a family of events by who states them, or a part of the ledger (specs/security.md).</summary>
internal enum ScopeSource
{
    Activity,
    Live,
    Payments,
    Content,
    Accounts,
    Wallets,
    Moderation,
    Spaces,
    Funding,
    Rulesets,
    Windows,
    Log,
    Metrics,
}

/// <summary>What is done to it.</summary>
internal enum ScopeVerb
{
    Read,
    Write,
}

/// <summary>One permission, written <c>source:verb</c>, such as <c>activity:write</c>.</summary>
internal readonly record struct Scope(ScopeSource Source, ScopeVerb Verb)
{
    private static readonly ScopeSource[] ReadOnly = [ScopeSource.Log, ScopeSource.Metrics];
    private static readonly ScopeSource[] WriteOnly = [ScopeSource.Activity, ScopeSource.Live, ScopeSource.Payments, ScopeSource.Wallets, ScopeSource.Moderation];

    /// <summary>Every permission there is, in the order of specs/security.md.</summary>
    public static IReadOnlyList<Scope> All { get; } =
    [
        .. from source in Enum.GetValues<ScopeSource>()
        from verb in Enum.GetValues<ScopeVerb>()
        where !(verb == ScopeVerb.Write ? ReadOnly : WriteOnly).Contains(source)
        select new Scope(source, verb),
    ];

    private static readonly Dictionary<string, Scope> ByText = All.ToDictionary(s => s.ToString(), StringComparer.Ordinal);

    public static Scope Read(ScopeSource source) => new(source, ScopeVerb.Read);

    public static Scope Write(ScopeSource source) => new(source, ScopeVerb.Write);

    /// <summary>The permission of a text; false when there is none of that name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Scope scope)
    {
        scope = default;
        return text is not null && ByText.TryGetValue(text, out scope);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Source.ToString().ToLowerInvariant()}:{Verb.ToString().ToLowerInvariant()}";
}
