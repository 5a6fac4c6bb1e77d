using System.CommandLine;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Video.Ipfs;

namespace Ledger.Host.Cli;

/// <summary>Names a file as IPFS does, to compare it with what a published video states.</summary>
internal static class CidVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "Any file" };
        return shell.Verb(
            "cid",
            "Computes a file's name in IPFS (CIDv1), as npm ipfs-unixfs-importer does. Needs nothing but the file.",
            "weledger cid clip.mp4",
            [file],
            (run, cancel) => Task.FromResult(Run(run, run.Get(file), cancel)));
    }

    private static int Run(VerbRun run, string file, CancellationToken cancel)
    {
        string path = run.Io.PathOf(file);
        if (!File.Exists(path)) throw new CliException(ExitCode.NotFound, "file-missing", $"there is no file {path}", "check the path");
        Cid cid = FileCid.Of(path, cancel);
        run.Answer(() => new { file = path, sizeBytes = new FileInfo(path).Length, cid = cid.ToString() }, page => page.Line(cid.ToString()));
        return ExitCode.Ok;
    }
}
