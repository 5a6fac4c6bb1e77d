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

    private readonly IAnsiConsole _console;
    private readonly int _width;

    public Page(CliIo io)
    {
        _width = io.OutIsTerminal ? io.TerminalWidth : PlainWidth;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = io.OutIsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = io.OutIsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(io.Out),
        });
        _console.Profile.Capabilities.Unicode = true;
        _console.Profile.Encoding = io.Out.Encoding;
    }

    public void Heading(string text)
    {
        Blank();
        Write(new Text(PlainText.Of(text), new Style(decoration: Decoration.Bold)));
    }

    public void Line(string text) => Write(new Text(PlainText.Of(text)));

    public void Blank() => _console.WriteLine();

    /// <summary>Labels and values, one pair a line.</summary>
    public void Facts(params IReadOnlyList<(string Label, string Value)> facts)
    {
        Grid grid = new();
        grid.AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(3));
        grid.AddColumn(new GridColumn().PadRight(0));
        foreach ((string label, string value) in facts) grid.AddRow(new Text(label), new Text(PlainText.Of(value)));
        Write(grid);
    }

    public void Table(IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.Simple, UseSafeBorder = false };
        foreach (Column column in columns)
        {
            TableColumn made = new(new Text(column.Title)) { NoWrap = !column.IsProse, Alignment = column.IsNumber ? Justify.Right : Justify.Left };
            table.AddColumn(made);
        }

        foreach (IReadOnlyList<string> row in rows) table.AddRow(row.Select(cell => new Text(PlainText.Of(cell))));
        Write(table);
    }

    private void Write(IRenderable renderable)
    {
        // Ids are never cut: a table that needs more room than the page has gets it.
        _console.Profile.Width = int.MaxValue / 4;
        int needed = renderable is Text ? 0 : renderable.Measure(RenderOptions.Create(_console, _console.Profile.Capabilities), int.MaxValue / 4).Min;
        _console.Profile.Width = Math.Max(_width, needed);
        _console.Write(renderable);
        if (renderable is Text) _console.WriteLine();
    }
}
