using System.Text;

namespace Ledger.Host.Cli;

/// <summary>Everything of the process that a command line touches, so that tests can run one inside theirs.</summary>
public sealed class CliIo : IDisposable
{
    /// <summary>A terminal that says it is narrower than this does not know its width, or cannot show a table anyway.</summary>
    private const int WidthMin = 60;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="output">Standard output; flushed after every text.</param>
    /// <param name="error">Standard error.</param>
    public CliIo(Stream output, Stream error)
    {
        OutBytes = output;
        Out = new StreamWriter(output, Utf8, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        Error = new StreamWriter(error, Utf8, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Standard output as text.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard output as bytes; do not mix with <see cref="Out"/> inside a line.</summary>
    public Stream OutBytes { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether standard output is a terminal: colours and its width.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether standard error is a terminal: a progress bar.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int TerminalWidth { get; init; } = Page.PlainWidth;

    /// <summary>What relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The environment's <c>WELEDGER_DATA</c>, if set.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The environment's <c>WELEDGER_LOG</c>, if set.</summary>
    public string? Log { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The real process.</summary>
    public static CliIo FromProcess() => new(Console.OpenStandardOutput(), Console.OpenStandardError())
    {
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        TerminalWidth = Console.IsOutputRedirected || Console.WindowWidth < WidthMin ? Page.PlainWidth : Console.WindowWidth,
        WorkingDirectory = Environment.CurrentDirectory,
        DataDirectory = Environment.GetEnvironmentVariable("WELEDGER_DATA") is { Length: > 0 } folder ? folder : null,
        Log = Environment.GetEnvironmentVariable("WELEDGER_LOG") is { Length: > 0 } log ? log : null,
    };

    /// <summary>An absolute path.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
    }
}
