using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ledger.Host.Cli;

/// <summary>The usual help, then an example, then what the exit codes mean.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0    done
          1    the answer is no: differences found, proof or ruleset invalid, import or adoption refused
          2    the command line, or a file named on it, makes no sense
          3    what was asked for does not exist
          4    the log or the disk is at fault
          70   a defect of the program
          130  interrupted; what was accepted is in the log

        """;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        string example = parseResult.CommandResult.Command is Verb verb ? verb.Example : "weledger demo";
        output.WriteLine("Example:");
        foreach (string line in example.Split('\n')) output.WriteLine($"  {line}");
        output.WriteLine();
        output.Write(ExitCodes);
        return exitCode;
    }
}
