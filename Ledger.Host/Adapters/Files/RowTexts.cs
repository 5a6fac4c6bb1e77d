using System.Globalization;

namespace Ledger.Host.Adapters.Files;

/// <summary>A row's texts by slot: its columns, its number, and its values, each worked out when first asked for.</summary>
/// <remarks>So a rule that uses only some columns never meets what stands in the others: an empty amount hurts nobody but a tip.</remarks>
internal sealed class RowTexts(int columns, IReadOnlyList<MappedValue> values)
{
    private readonly string?[] _texts = new string?[columns + 1 + values.Count];

    /// <summary>Where the row's columns are filled in.</summary>
    public string[] Columns { get; } = new string[columns];

    public string this[int slot] => slot < columns ? Columns[slot] : _texts[slot] ??= values[slot - columns - 1].Of(this);

    /// <summary>Forgets the row before.</summary>
    public void Start(long row)
    {
        Array.Clear(_texts);
        _texts[columns] = row.ToString(CultureInfo.InvariantCulture);
    }
}
