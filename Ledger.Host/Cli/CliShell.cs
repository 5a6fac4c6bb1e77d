using System.CommandLine;
using System.CommandLine.Help;

namespace Ledger.Host.Cli;

/// <summary>The command line: its verbs, their common options, and the one place where faults become words.</summary>
internal sealed class CliShell
{
    private readonly CliIo _io;
    private readonly RootCommand _root;
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder that holds the ledger [default: $WELEDGER_DATA, else ./weledger-data]",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<string?> _log = new("--log")
    {
        Description = "Where the event log lives: a folder or a server's address such as postgres://host/database [default: $WELEDGER_LOG, else the ledger's folder]",
        HelpName = "ADDRESS",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Answer with one JSON document on standard output", Recursive = true };
    private readonly Option<bool> _debug = new("--debug") { Description = "Show where a fault came from", Recursive = true };

    public CliShell(CliIo io)
    {
        _io = io;
        _root = new RootCommand("weledger: a reward ledger that turns a community's activity into proven rewards.");
        _root.Options.Add(_data);
        _root.Options.Add(_log);
        _root.Options.Add(_json);
        _root.Options.Add(_debug);
        foreach (Verb verb in Verbs.All(this)) _root.Subcommands.Add(verb);
        HelpOption help = _root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
    }

    /// <summary>Makes a verb.</summary>
    public Verb Verb(string name, string description, string example, IEnumerable<Symbol> symbols, Func<VerbRun, CancellationToken, Task<int>> run)
    {
        Verb verb = new(name, description, example);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument) verb.Arguments.Add(argument);
            else verb.Options.Add((Option)symbol);
        }

        verb.SetAction((parsed, cancel) => run(new VerbRun(_io, parsed, parsed.GetValue(_data), parsed.GetValue(_log), parsed.GetValue(_json)), cancel));
        return verb;
    }

    /// <summary>Makes a verb that only gathers others.</summary>
    public static Verb Group(string name, string description, string example, params ReadOnlySpan<Verb> verbs)
    {
        Verb group = new(name, description, example);
        foreach (Verb verb in verbs) group.Subcommands.Add(verb);
        return group;
    }

    /// <summary>Runs a command line.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancel)
    {
        ParseResult parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelp)
                throw new CliException(ExitCode.Usage, "usage", parsed.Errors[0].Message.TrimEnd('.'), $"see 'weledger {string.Join(' ', PathOf(parsed.CommandResult.Command).Append("--help"))}'");
            InvocationConfiguration configuration = new() { Output = _io.Out, Error = _io.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, cancel);
        }
        catch (Exception fault)
        {
            (string line, int exitCode) = FaultTranslation.Of(fault);
            await _io.Error.WriteLineAsync(PlainText.Of(line));
            if (parsed.GetValue(_debug)) await _io.Error.WriteLineAsync(fault.ToString());
            return exitCode;
        }
    }

    /// <summary>The words from the root to a command, the program's name left out.</summary>
    internal static IEnumerable<string> PathOf(Command command)
    {
        Stack<string> words = new();
        for (Command? at = command; at is not null and not RootCommand; at = at.Parents.OfType<Command>().FirstOrDefault()) words.Push(at.Name);
        return words;
    }
}
