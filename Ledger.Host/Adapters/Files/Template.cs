using System.Text;

namespace Ledger.Host.Adapters.Files;

/// <summary>A text with the names of columns and values in braces, such as <c>creator-{bucket}</c>.</summary>
internal sealed class Template
{
    private readonly List<(string Literal, int Slot)> _parts = [];

    private Template()
    {
    }

    /// <param name="text">The template as written.</param>
    /// <param name="slots">Where a row keeps each name's text.</param>
    /// <param name="path">Where the template stands, for the error.</param>
    /// <exception cref="MappingException">A brace without its partner, or a name that is no column and no earlier value.</exception>
    public static Template Parse(string text, IReadOnlyDictionary<string, int> slots, string path)
    {
        Template template = new();
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            string literal = open < 0 ? text[at..] : text[at..open];
            if (literal.Contains('}')) throw new MappingException(path, "'}' without '{'");
            if (open < 0)
            {
                template._parts.Add((literal, -1));
                break;
            }

            int close = text.IndexOf('}', open);
            if (close < 0) throw new MappingException(path, "'{' without '}'");
            string name = text[(open + 1)..close];
            if (!slots.TryGetValue(name, out int slot)) throw new MappingException(path, $"'{name}' is no column and no value above");
            template._parts.Add((literal, slot));
            at = close + 1;
        }

        return template;
    }

    public string Fill(RowTexts texts)
    {
        if (_parts.Count == 1 && _parts[0].Literal.Length == 0) return texts[_parts[0].Slot];
        StringBuilder text = new();
        foreach ((string literal, int slot) in _parts)
        {
            text.Append(literal);
            if (slot >= 0) text.Append(texts[slot]);
        }

        return text.ToString();
    }
}
