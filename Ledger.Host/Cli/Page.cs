using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ledger.Host.Cli;

/// <summary>One column of a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="IsNumber">Right-aligned.</param>
/// <param name="IsProse">May be broken over lines; everything else is shown whole, ids above all.</param>
internal readonly record struct Column(string Title, bool IsNumber = false, bool IsProse = false);

/// <summary>What a person reads on standard output. In a pipe: no colours, no control sequences, at most <see cref="PlainWidth"/> columns unless an id needs more.</summary>
internal sealed class Page
{
    /// <summary>Columns of a page that is not on a terminal.</summary>
    public const int PlainWidth = 100;

    private const int ProseWidthMin = 30;
    private const int ColumnPadding = 3;

    private readonly CliIo _io;
    private readonly int _width;
    private bool _afterBlank = true;

    public Page(CliIo io)
    {
        _io = io;
        _width = io.OutIsTerminal ? io.TerminalWidth : PlainWidth;
    }

    public void Heading(string text)
    {
        Blank();
        Write(_io.OutIsTerminal ? $"\u001b[1m{PlainText.Of(text)}\u001b[0m" : PlainText.Of(text));
    }

    /// <summary>A sentence or more, broken between words.</summary>
    public void Line(string text)
    {
        foreach (string line in TextWrap.Lines(PlainText.Of(text), _width)) Write(line);
    }

    /// <summary>A command to copy: never broken.</summary>
    public void Command(string text) => Write("  " + PlainText.Of(text));

    /// <summary>At most one empty line.</summary>
    public void Blank()
    {
        if (!_afterBlank) Write("");
    }

    /// <summary>Labels and values, one pair a line.</summary>
    public void Facts(params IReadOnlyList<(string Label, string Value)> facts)
    {
        int indent = facts.Max(f => f.Label.Length) + 5;
        foreach ((string label, string value) in facts)
        {
            string start = ("  " + label).PadRight(indent);
            foreach (string line in TextWrap.Lines(PlainText.Of(value), _width - indent))
            {
                Write(start + line);
                start = new string(' ', indent);
            }
        }
    }

    public void Table(IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(PlainText.Of).ToArray())];
        int[] widths = [.. columns.Select((column, i) => cells.Select(row => CellWidth(row[i])).Append(CellWidth(column.Title)).Max())];
        int room = _width - widths.Where((_, i) => !columns[i].IsProse).Sum() - (columns.Count * ColumnPadding);
        Table table = new() { Border = TableBorder.Simple, UseSafeBorder = false };
        for (int i = 0; i < columns.Count; i++)
        {
            int width = columns[i].IsProse ? Math.Min(widths[i], Math.Max(room, ProseWidthMin)) : widths[i];
            table.AddColumn(new TableColumn(new Text(columns[i].Title)) { Width = width, Alignment = columns[i].IsNumber ? Justify.Right : Justify.Left });
        }

        foreach (string[] row in cells) table.AddRow(row.Select(cell => new Text(cell)));
        Blank();
        foreach (string line in Render(table).Split('\n')) Write(line);
        Blank();
    }

    /// <summary>Renders for a page as wide as it takes: the widths are chosen here, and nothing is cut.</summary>
    private static string Render(IRenderable renderable)
    {
        using StringWriter text = new() { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = short.MaxValue;
        console.Profile.Capabilities.Unicode = true;
        console.Write(renderable);
        return text.ToString();
    }

    private static int CellWidth(string text) => text.Length == 0 ? 0 : Segment.CellCount([new Segment(text)]);

    private void Write(string line)
    {
        string trimmed = line.TrimEnd();
        if (trimmed.Length == 0 && _afterBlank) return;
        _afterBlank = trimmed.Length == 0;
        _io.Out.WriteLine(trimmed);
    }
}
