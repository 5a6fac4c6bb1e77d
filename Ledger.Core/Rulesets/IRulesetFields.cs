using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>Walks the fields of a ruleset: a lister gives back what it was shown, a reader gives back what the document says.</summary>
/// <remarks>So that every field's name, form and range is written once, in <see cref="RulesetSchema"/>.</remarks>
internal interface IRulesetFields
{
    T Section<T>(string name, T current, Func<T, T> fields);

    /// <summary>A JSON integer in the range, both ends included.</summary>
    long Integer(string name, long current, long min, long max);

    /// <summary>As <see cref="Integer"/>, or JSON null.</summary>
    long? OptionalInteger(string name, long? current, long min, long max);

    bool Flag(string name, bool current);

    /// <summary>One of the enum's names in lower case.</summary>
    T Choice<T>(string name, T current)
        where T : struct, Enum;

    /// <summary>A decimal in a string, kept as the nearest multiple of 2⁻³², at most <paramref name="max"/>.</summary>
    Q32 Ratio(string name, Q32 current, Q32 max);

    /// <summary>Base units, a decimal integer in a string.</summary>
    TokenAmount Amount(string name, TokenAmount current);

    /// <summary>0x and 40 hexadecimal digits.</summary>
    WalletAddress Address(string name, WalletAddress current);
}
