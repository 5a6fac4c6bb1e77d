using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ledger.Core.Events;

namespace Ledger.Host.Adapters.Files;

/// <summary>Reads one line of a foreign file as the texts of its columns.</summary>
internal static class Row
{
    /// <summary>Splits a line at <paramref name="delimiter"/>.</summary>
    /// <remarks>With <paramref name="quotes"/>, RFC 4180 within one line: "a, ""b""" is one value; a quoted line feed is refused.</remarks>
    public static void Split(ReadOnlySpan<byte> line, char delimiter, bool quotes, IReadOnlyList<string> columns, string[] values)
    {
        string text = Text(line);
        int count = 0;
        int at = 0;
        while (true)
        {
            string value = quotes && at < text.Length && text[at] == '"'
                ? Quoted(text, ref at, delimiter, count < columns.Count ? columns[count] : null)
                : Plain(text, ref at, delimiter);
            if (count < columns.Count) values[count] = value;
            count++;
            if (at == text.Length) break;
            at++; // past the delimiter: one at the very end starts one more, empty, value
        }

        if (count != columns.Count) throw new EventFormatException("column-count", null, $"{count} columns where the mapping has {columns.Count}");
    }

    /// <summary>Reads a flat JSON object whose members are the columns, each a string or a number.</summary>
    public static void Members(ReadOnlyMemory<byte> line, IReadOnlyList<string> columns, string[] values)
    {
        Array.Clear(values);
        try
        {
            using JsonDocument json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new EventFormatException("json-not-object", null, "a row is a JSON object");
            foreach (JsonProperty member in json.RootElement.EnumerateObject())
            {
                int column = IndexOf(columns, member.Name);
                if (column < 0) throw new EventFormatException("field-unknown", member.Name.Length > 64 ? member.Name[..64] : member.Name, "the mapping has no such column");
                values[column] = member.Value.ValueKind switch
                {
                    JsonValueKind.String => member.Value.GetString()!,
                    JsonValueKind.Number => member.Value.GetRawText(),
                    _ => throw new EventFormatException("wrong-type", member.Name, "a string or a number is expected"),
                };
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EventFormatException("json-malformed", null, "no flat JSON object on the line");
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (values[i] is null) throw new EventFormatException("field-missing", columns[i], "the row has no such column");
        }
    }

    private static string Text(ReadOnlySpan<byte> line) =>
        Utf8.IsValid(line) ? Encoding.UTF8.GetString(line) : throw new EventFormatException("invalid-utf8", null, "the line is not UTF-8");

    /// <summary>Takes the value at <paramref name="at"/> and leaves it at the delimiter, or past the end.</summary>
    private static string Plain(string text, ref int at, char delimiter)
    {
        int start = at;
        int end = text.IndexOf(delimiter, start);
        at = end < 0 ? text.Length : end;
        return text[start..at];
    }

    private static string Quoted(string text, ref int at, char delimiter, string? column)
    {
        StringBuilder value = new();
        while (true)
        {
            int start = at + 1;
            int quote = text.IndexOf('"', start);
            if (quote < 0) throw new EventFormatException("quote-unclosed", column, "a quoted value must end on its line");
            value.Append(text, start, quote - start);
            at = quote + 1;
            if (at == text.Length || text[at] == delimiter) return value.ToString();
            if (text[at] != '"') throw new EventFormatException("quote-misplaced", column, "a delimiter must follow a quoted value");
            value.Append('"');
        }
    }

    private static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i] == name) return i;
        }

        return -1;
    }
}
