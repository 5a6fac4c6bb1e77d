using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Core.Rulesets;

namespace Ledger.Host.Cli;

/// <summary>Reads and prints ruleset documents.</summary>
internal static class RulesetFiles
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a file holds: the ruleset, or everything that is wrong with it.</summary>
    public static (Ruleset? Ruleset, IReadOnlyList<RulesetError> Errors) Read(VerbRun run, string file)
    {
        string path = run.Io.PathOf(file);
        if (!File.Exists(path)) throw new CliException(ExitCode.NotFound, "file-missing", $"there is no file {path}", "check the path, or write one with 'weledger ruleset new'");
        return RulesetDocument.Parse(File.ReadAllBytes(path));
    }

    /// <summary>A file's ruleset; one that is not valid is refused with its first error.</summary>
    public static Ruleset Require(VerbRun run, string file)
    {
        (Ruleset? ruleset, IReadOnlyList<RulesetError> errors) = Read(run, file);
        return ruleset ?? throw new CliException(ExitCode.No, errors[0].Code, $"{file} at {errors[0].Path}: {errors[0].Message}", $"see every error with: weledger ruleset check {file}");
    }

    /// <summary>The document as people edit it: indented, otherwise canonical.</summary>
    public static string Text(Ruleset ruleset) => Node(ruleset).ToJsonString(Indented) + "\n";

    /// <summary>The document as a JSON tree.</summary>
    public static JsonNode Node(Ruleset ruleset) => JsonNode.Parse(RulesetDocument.Canonical(ruleset))!;
}
