using System.Text;

namespace Ledger.Tests.Support;

/// <summary>
/// Reads worked examples out of the markdown pages in <c>specs/</c>, so that a number changed on a page fails the test
/// that recomputes it.
/// </summary>
/// <remarks>
/// Understood: ATX headings (<c># …</c>), pipe tables with a delimiter row, escaped pipes (<c>\|</c>), and cells wrapped
/// in one pair of back-ticks, which are taken off. Fenced code is passed over. Anything malformed throws and names the
/// line: a table that cannot be read must never look like a table without rows.
/// </remarks>
public static class SpecTables
{
    /// <summary>The rows of the only table under a heading, each a dictionary from column name to cell text.</summary>
    /// <param name="page">File name in <c>specs/</c>, for example <c>merkle.md</c>.</param>
    /// <param name="heading">The heading's text without its <c>#</c> signs, matched exactly; it must occur once.</param>
    /// <exception cref="FormatException">The heading or its table is missing, repeated, malformed or empty.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string page, string heading) =>
        Parse(File.ReadAllText(Repository.PathOf($"specs/{page}")), $"specs/{page}", heading);

    internal static IReadOnlyList<IReadOnlyDictionary<string, string>> Parse(string markdown, string source, string heading)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        var isProse = MarkProse(lines);
        var section = FindSection(lines, isProse, source, heading);
        var rowNumbers = Enumerable.Range(section.Start, section.End - section.Start)
            .Where(i => isProse[i] && lines[i].TrimStart().StartsWith('|'))
            .ToArray();
        if (rowNumbers.Length < 3) throw new FormatException($"{source}: no table with rows under '{heading}'.");
        if (rowNumbers[^1] - rowNumbers[0] != rowNumbers.Length - 1)
        {
            throw new FormatException($"{source}: more than one table under '{heading}'; give each its own heading.");
        }

        var columns = Cells(lines[rowNumbers[0]]);
        if (columns.Any(name => name.Length == 0) || columns.Distinct(StringComparer.Ordinal).Count() != columns.Count)
        {
            throw new FormatException($"{source}:{rowNumbers[0] + 1}: column names must be present and distinct.");
        }

        var delimiters = Cells(lines[rowNumbers[1]]);
        if (delimiters.Count != columns.Count || !delimiters.All(IsDelimiter))
        {
            throw new FormatException($"{source}:{rowNumbers[1] + 1}: expected the delimiter row | --- | of {columns.Count} columns.");
        }

        return [.. rowNumbers.Skip(2).Select(i => Row(lines[i], columns, $"{source}:{i + 1}"))];
    }

    private static Dictionary<string, string> Row(string line, List<string> columns, string position)
    {
        var cells = Cells(line);
        if (cells.Count != columns.Count)
        {
            throw new FormatException($"{position}: {cells.Count} cells where the table has {columns.Count} columns.");
        }

        return columns.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private static bool[] MarkProse(string[] lines)
    {
        var isProse = new bool[lines.Length];
        var inFence = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var isFence = lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            isProse[i] = !inFence && !isFence;
            inFence ^= isFence;
        }

        return isProse;
    }

    /// <summary>The lines after the heading up to the next heading of any level.</summary>
    private static (int Start, int End) FindSection(string[] lines, bool[] isProse, string source, string heading)
    {
        var headings = Enumerable.Range(0, lines.Length).Where(i => isProse[i] && HeadingText(lines[i]) is not null).ToArray();
        var matches = headings.Where(i => HeadingText(lines[i]) == heading).ToArray();
        if (matches.Length != 1)
        {
            throw new FormatException($"{source}: heading '{heading}' occurs {matches.Length} times; it must occur once.");
        }

        var next = headings.Where(i => i > matches[0]).DefaultIfEmpty(lines.Length).First();
        return (matches[0] + 1, next);
    }

    private static string? HeadingText(string line)
    {
        var text = line.TrimStart('#');
        var level = line.Length - text.Length;
        return level is >= 1 and <= 6 && text.StartsWith(' ') ? text.Trim() : null;
    }

    private static bool IsDelimiter(string cell)
    {
        var dashes = cell.AsSpan().Trim(':');
        return dashes.Length > 0 && dashes.IndexOfAnyExcept('-') < 0;
    }

    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var body = line.Trim()[1..];
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '\\' && i + 1 < body.Length && body[i + 1] == '|')
            {
                cell.Append('|');
                i++;
            }
            else if (body[i] == '|')
            {
                cells.Add(Unquote(cell.ToString()));
                cell.Clear();
            }
            else
            {
                cell.Append(body[i]);
            }
        }

        // A row may end without its closing pipe.
        if (!string.IsNullOrWhiteSpace(cell.ToString())) cells.Add(Unquote(cell.ToString()));
        return cells;
    }

    private static string Unquote(string cell)
    {
        var text = cell.Trim();
        return text.Length >= 2 && text[0] == '`' && text[^1] == '`' && !text[1..^1].Contains('`') ? text[1..^1] : text;
    }
}
