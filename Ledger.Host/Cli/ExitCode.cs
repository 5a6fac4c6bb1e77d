namespace Ledger.Host.Cli;

/// <summary>What the program's exit code says; scripts rely on it (specs/cli.md).</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The answer is no: differences found, proof or ruleset invalid, import or adoption refused.</summary>
    public const int No = 1;

    /// <summary>The command line, or a file named on it, makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>What was asked for does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>The log or the disk is at fault.</summary>
    public const int Fault = 4;

    /// <summary>A defect of the program: an invariant broke.</summary>
    public const int Defect = 70;

    /// <summary>Interrupted; what was accepted is in the log.</summary>
    public const int Interrupted = 130;
}
