using System.CommandLine;

namespace Ledger.Host.Cli;

/// <summary>A command with an example in its help.</summary>
internal sealed class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>A command line that a person can try.</summary>
    public string Example { get; } = example;
}
