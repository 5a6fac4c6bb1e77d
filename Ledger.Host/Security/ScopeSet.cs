namespace Ledger.Host.Security;

/// <summary>The permissions of a client.</summary>
internal readonly record struct ScopeSet
{
    private readonly uint _bits;

    public ScopeSet(params IEnumerable<Scope> scopes)
    {
        foreach (Scope scope in scopes) _bits |= Bit(scope);
    }

    /// <summary>Reads permissions; <c>*:read</c> and <c>*:write</c> stand for all of a verb.</summary>
    /// <exception cref="FormatException"><c>scope-unknown</c> or <c>scope-missing</c>.</exception>
    public static ScopeSet Parse(IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0) throw new FormatException("scope-missing: a key without a scope may do nothing; give it one or more of specs/security.md");
        return new ScopeSet(texts.SelectMany(Expand));
    }

    public bool Has(Scope scope) => (_bits & Bit(scope)) != 0;

    /// <summary>The permissions, each once, in the order of <see cref="Scope.All"/>.</summary>
    public IEnumerable<Scope> Scopes
    {
        get
        {
            ScopeSet set = this;
            return Scope.All.Where(set.Has);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Scopes);

    private static uint Bit(Scope scope) => 1u << (((int)scope.Source * 2) + (int)scope.Verb);

    private static IEnumerable<Scope> Expand(string text) => text switch
    {
        "*:read" => Scope.All.Where(s => s.Verb == ScopeVerb.Read),
        "*:write" => Scope.All.Where(s => s.Verb == ScopeVerb.Write),
        _ => Scope.TryParse(text, out Scope scope) ? [scope] : throw new FormatException($"scope-unknown: there is no scope '{text}'; the scopes are *:read, *:write, {string.Join(", ", Scope.All)}"),
    };
}
