using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>Runs the append program under strace and reads back every call that changed one of its files, with the bytes, in order of completion.</summary>
internal static partial class CallRecorder
{
    private const string Calls = "trace=openat,write,pwrite64,pwritev,ftruncate,fsync,fdatasync,unlink,unlinkat,rename";

    /// <summary>The files that the program changes through calls; <c>log.db-shm</c> is mapped and made anew from the log.</summary>
    public static string[] Files(string folder) => [folder, .. new[] { "log.db", "log.db-wal", "log.db-journal", "log.head" }.Select(name => Path.Combine(folder, name))];

    public static async Task<List<FileCall>> RecordAsync(string root, string mutant, int batches)
    {
        string folder = Path.Combine(root, "recorded");
        string trace = Path.Combine(root, "trace.txt");
        string answers = Path.Combine(root, "answers.txt");
        ProgramRun run = await ProgramRun.StraceAsync(
            answers,
            [.. Files(folder).Append(answers).SelectMany(file => new[] { "-P", file }), "--seccomp-bpf", "-xx", "-y", "-s", "200000", "-e", "signal=none", "-e", Calls, "-o", trace],
            ["append", "history", folder, $"{batches}", mutant]);
        if (run.ExitCode != 0) throw new InvalidOperationException($"the program failed: {run.Error}");
        return [.. Parse(await File.ReadAllLinesAsync(trace))];
    }

    private static IEnumerable<FileCall> Parse(IEnumerable<string> lines)
    {
        Dictionary<string, string> unfinished = [];
        foreach (string line in lines)
        {
            string thread = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            string text = line[(thread.Length + 1)..].TrimStart();
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[thread] = text[..^"<unfinished ...>".Length];
                continue;
            }

            if (Resumed().Match(text) is { Success: true } resumed) text = unfinished[thread] + text[resumed.Length..];
            if (Call().Match(text) is not { Success: true } call || call.Groups["result"].Value.StartsWith('-')) continue;
            if (Of(call.Groups["name"].Value, call.Groups["arguments"].Value) is { } found) yield return found;
        }
    }

    private static FileCall? Of(string name, string arguments)
    {
        string[] fields = arguments.Split(", ");
        return name switch
        {
            "openat" when arguments.Contains("O_CREAT", StringComparison.Ordinal) => new FileCall(FileCallKind.Create, Text(Quoted(fields[1])), 0, []),
            "openat" => null,
            "unlink" => new FileCall(FileCallKind.Unlink, Text(Quoted(fields[0])), 0, []),
            "pwrite64" => new FileCall(FileCallKind.Write, PathOf(fields[0]), long.Parse(fields[3], CultureInfo.InvariantCulture), Bytes(Quoted(fields[1]))),
            "write" => new FileCall(FileCallKind.Write, PathOf(fields[0]), -1, Bytes(Quoted(fields[1]))),
            "ftruncate" => new FileCall(FileCallKind.Truncate, PathOf(fields[0]), long.Parse(fields[1], CultureInfo.InvariantCulture), []),
            "fsync" or "fdatasync" => new FileCall(FileCallKind.Sync, PathOf(fields[0]), 0, []),
            _ => throw new NotSupportedException($"a call that the simulated disk does not know: {name}({arguments[..Math.Min(200, arguments.Length)]})"),
        };
    }

    private static string PathOf(string descriptor) => Text(Descriptor().Match(descriptor).Groups["path"].Value);

    private static string Quoted(string field) => field.EndsWith('"') ? field[1..^1] : throw new FormatException("the trace shows a string cut short");

    private static string Text(string escaped) => Encoding.UTF8.GetString(Bytes(escaped));

    private static byte[] Bytes(string escaped) => Convert.FromHexString(escaped.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\)\s+= (?<result>[-\w]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\d+<(?<path>[^>]*)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Descriptor();
}
