using System.Buffers;
using Ledger.Core.Events;
using Ledger.Host.Adapters.Files;
using Ledger.Host.Security;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Cli;

/// <summary>Turns everything that can be thrown into one line for a person and an exit code: the only place that does.</summary>
internal static class FaultTranslation
{
    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>The line, <c>code: what happened; what to do</c>, and the exit code.</summary>
    public static (string Line, int ExitCode) Of(Exception fault) => fault switch
    {
        AggregateException { InnerExceptions.Count: 1 } many => Of(many.InnerExceptions[0]),
        CliException e => (e.Message, e.ExitCode),
        OperationCanceledException => ("interrupted: stopped as asked, everything accepted is in the log; run the same command again to go on", ExitCode.Interrupted),
        LogFaultException { Code: "log-missing" } e => ($"{e.Message}; name its folder with --data, or start one with 'weledger import' or 'weledger demo'", ExitCode.NotFound),
        LogFaultException { Code: "fold-failed" or "events-miscounted" } e => ($"{e.Message}; this is a defect: run again with --debug and report what it prints", ExitCode.Defect),
        LogFaultException e => (WithAdvice(e.Message, "run 'weledger audit' and restore the log from a copy"), ExitCode.Fault),
        Composition.SettlementException e => (WithAdvice(e.Message, "see specs/settlement.md"), ExitCode.No),
        ChainBridge.Settlement.SettlementConflictException e => (e.Message, ExitCode.No),
        ChainBridge.JsonRpc.RpcFaultException e => (WithAdvice(e.Message, "check the node"), ExitCode.Fault),
        ChainBridge.JsonRpc.RpcErrorException e => (e.Message, ExitCode.Fault),
        ChainBridge.Signing.SignerException e => (WithAdvice(e.Message, "check the signer"), ExitCode.Fault),
        MappingException e => (WithAdvice(e.Message, "correct the mapping; specs/import.md explains it"), ExitCode.Usage),
        EventFormatException e => (WithAdvice(e.Message, "the log was written by a newer build or is damaged: use that build or restore the log"), ExitCode.Fault),
        DrawSeedMissingException e => (e.Message, ExitCode.No),
        KeyRefusedException e => (e.Message, ExitCode.No),
        KeyNotFoundException e => (WithAdvice(Coded("not-found", e.Message), "check the name; 'weledger status' lists the windows"), ExitCode.NotFound),
        FileNotFoundException or DirectoryNotFoundException => ($"file-missing: {fault.Message}; check the path", ExitCode.NotFound),
        IOException or UnauthorizedAccessException => ($"file-failed: {fault.Message}; check the path, the permissions and the room on the disk", ExitCode.Fault),
        FormatException e => (WithAdvice(Coded("malformed", e.Message), "correct it and try again"), ExitCode.Usage),
        _ => (WithAdvice(Coded("internal-error", fault.Message), "this is a defect: run again with --debug and report what it prints"), ExitCode.Defect),
    };

    private static string Coded(string code, string message)
    {
        int colon = message.IndexOf(':', StringComparison.Ordinal);
        ReadOnlySpan<char> first = colon < 0 ? message : message.AsSpan(0, colon);
        bool coded = first.Length > 0 && !first.ContainsAnyExcept(CodeCharacters) && first.Contains('-');
        return coded ? message : $"{code}: {message}";
    }

    private static string WithAdvice(string message, string advice) => message.Contains(';', StringComparison.Ordinal) ? message : $"{message}; {advice}";
}
