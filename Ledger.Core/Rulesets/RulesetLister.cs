using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>Turns a ruleset into a tree of fields in name order; a leaf is its JSON text, a section a tree.</summary>
internal sealed class RulesetLister : IRulesetFields
{
    private SortedDictionary<string, object> _fields = new(StringComparer.Ordinal);

    internal static SortedDictionary<string, object> List(Ruleset ruleset)
    {
        RulesetLister lister = new();
        RulesetSchema.Walk(lister, ruleset);
        return lister._fields;
    }

    internal static string NameOf<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    public T Section<T>(string name, T current, Func<T, T> fields)
    {
        SortedDictionary<string, object> outer = _fields;
        _fields = new SortedDictionary<string, object>(StringComparer.Ordinal);
        T result = fields(current);
        outer.Add(name, _fields);
        _fields = outer;
        return result;
    }

    public long Integer(string name, long current, long min, long max) => Add(name, current, Decimal(current));

    public long? OptionalInteger(string name, long? current, long min, long max) => Add(name, current, current is { } value ? Decimal(value) : "null");

    public bool Flag(string name, bool current) => Add(name, current, current ? "true" : "false");

    public T Choice<T>(string name, T current)
        where T : struct, Enum => Add(name, current, Quote(NameOf(current)));

    public Q32 Ratio(string name, Q32 current, Q32 max) => Add(name, current, Quote(current.ToString()));

    public TokenAmount Amount(string name, TokenAmount current) => Add(name, current, Quote(current.ToString()));

    public WalletAddress Address(string name, WalletAddress current) => Add(name, current, Quote(current.ToString()));

    private T Add<T>(string name, T current, string json)
    {
        _fields.Add(name, json);
        return current;
    }

    private static string Decimal(long value) => value.ToString(CultureInfo.InvariantCulture);

    // No text of a ruleset holds a character that JSON would escape.
    private static string Quote(string text) => $"\"{text}\"";
}
