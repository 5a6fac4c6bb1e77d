using System.Globalization;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>Reads a document strictly and collects everything that is wrong with it. After an error a field keeps the value it was shown.</summary>
internal sealed class RulesetReader(List<RulesetError> errors) : IRulesetFields
{
    private Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private string _path = "$";

    /// <summary>Reads <paramref name="document"/>, a JSON object.</summary>
    internal Ruleset Read(JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new RulesetError("wrong-type", _path, "an object"));
            return Ruleset.Default;
        }

        _fields = FieldsOf(document);
        Ruleset ruleset = RulesetSchema.Walk(this, Ruleset.Default);
        RefuseRest();
        return ruleset;
    }

    public T Section<T>(string name, T current, Func<T, T> fields)
    {
        if (!TryTake(name, JsonValueKind.Object, "an object", out JsonElement value)) return current;
        (Dictionary<string, JsonElement> outerFields, string outerPath) = (_fields, _path);
        _path = PathOf(name);
        _fields = FieldsOf(value);
        T result = fields(current);
        RefuseRest();
        (_fields, _path) = (outerFields, outerPath);
        return result;
    }

    public long Integer(string name, long current, long min, long max) =>
        TryTake(name, JsonValueKind.Number, "an integer", out JsonElement value) ? InRange(name, value, current, min, max) : current;

    public long? OptionalInteger(string name, long? current, long min, long max)
    {
        if (_fields.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null)
        {
            _fields.Remove(name);
            return null;
        }

        return TryTake(name, JsonValueKind.Number, "an integer or null", out value) ? InRange(name, value, current ?? min, min, max) : current;
    }

    public bool Flag(string name, bool current)
    {
        if (_fields.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.False)
        {
            _fields.Remove(name);
            return false;
        }

        return TryTake(name, JsonValueKind.True, "true or false", out _) || current;
    }

    public T Choice<T>(string name, T current)
        where T : struct, Enum
    {
        if (!TryTake(name, JsonValueKind.String, "a string", out JsonElement value)) return current;
        foreach (T choice in Enum.GetValues<T>())
        {
            if (value.ValueEquals(RulesetLister.NameOf(choice))) return choice;
        }

        return Refuse(name, "out-of-range", "one of " + string.Join(", ", Enum.GetValues<T>().Select(RulesetLister.NameOf)), current);
    }

    public Q32 Ratio(string name, Q32 current, Q32 max)
    {
        if (!TryTake(name, JsonValueKind.String, "a decimal in a string, such as \"0.25\"", out JsonElement value)) return current;
        return Q32.TryParse(value.GetString(), out Q32 ratio) && ratio <= max
            ? ratio
            : Refuse(name, "out-of-range", $"a decimal from 0 to {max} with at most 28 decimals", current);
    }

    public TokenAmount Amount(string name, TokenAmount current)
    {
        if (!TryTake(name, JsonValueKind.String, "base units in a string", out JsonElement value)) return current;
        return TokenAmount.TryParse(value.GetString(), out TokenAmount amount) && amount <= TokenAmount.Supply
            ? amount
            : Refuse(name, "out-of-range", $"base units in decimal digits, at most the supply of {TokenAmount.Supply}", current);
    }

    public WalletAddress Address(string name, WalletAddress current)
    {
        if (!TryTake(name, JsonValueKind.String, "an address in a string", out JsonElement value)) return current;
        return WalletAddress.TryParse(value.GetString(), out WalletAddress address)
            ? address
            : Refuse(name, "out-of-range", "0x and 40 hexadecimal digits", current);
    }

    private long InRange(string name, JsonElement value, long current, long min, long max)
    {
        string text = value.GetRawText();
        if (text.AsSpan(text.StartsWith('-') ? 1 : 0).ContainsAnyExceptInRange('0', '9')) return Refuse(name, "wrong-type", "an integer without point or exponent", current);
        return value.TryGetInt64(out long integer) && integer >= min && integer <= max
            ? integer
            : Refuse(name, "out-of-range", string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"), current);
    }

    private bool TryTake(string name, JsonValueKind kind, string expected, out JsonElement value)
    {
        if (!_fields.Remove(name, out value)) return Refuse(name, "missing-field", expected, false);
        return value.ValueKind == kind || Refuse(name, "wrong-type", expected, false);
    }

    private Dictionary<string, JsonElement> FieldsOf(JsonElement value)
    {
        Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!fields.TryAdd(property.Name, property.Value)) Refuse(property.Name, "duplicate-field", "each field once", false);
        }

        return fields;
    }

    private void RefuseRest()
    {
        foreach (string name in _fields.Keys.Order(StringComparer.Ordinal)) Refuse(name, "unknown-field", "no such field here", false);
    }

    private T Refuse<T>(string name, string code, string expected, T current)
    {
        errors.Add(new RulesetError(code, PathOf(name), expected));
        return current;
    }

    private string PathOf(string name) => $"{_path}.{name}";
}
