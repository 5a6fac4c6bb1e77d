using System.CommandLine;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Api.Bodies;

namespace Ledger.Host.Cli;

/// <summary>Writes a media server's configuration.</summary>
internal static class MediaConfigVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<string> adapters = new("--adapters") { Description = "The settings file with the section 'livestream' (specs/adapters.md)", HelpName = "FILE", Required = true };
        Option<string> output = new("--out") { Description = "Folder for nginx.conf, and for what nginx writes", HelpName = "DIR", Required = true };
        Option<string?> server = new("--server") { Description = "Which server of the settings [default: the only one]", HelpName = "NAME" };
        Option<string> ledger = new("--ledger") { Description = "Where the ledger serves HTTP", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:5080" };
        Option<string> rtmp = new("--rtmp") { Description = "Where broadcasters connect", HelpName = "[ADDRESS:]PORT", DefaultValueFactory = _ => "1935" };
        Option<string?> user = new("--user") { Description = "Who nginx's workers are when root starts it; must be able to write the folder", HelpName = "NAME" };
        return shell.Verb(
            "config",
            "Writes an nginx configuration (RTMP in, HLS and recordings out) whose callbacks and counters the livestream adapter works with.",
            "weledger media config --adapters adapters.json --out media && nginx -c $PWD/media/nginx.conf",
            [adapters, output, server, ledger, rtmp, user],
            (run, _) =>
            {
                LivestreamSettings settings = Settings(run.Io.PathOf(run.Get(adapters)!));
                MediaServer chosen = Chosen(settings, run.Get(server));
                if (!Uri.TryCreate(run.Get(ledger), UriKind.Absolute, out Uri? url) || url.Scheme != "http")
                    throw new CliException(ExitCode.Usage, "url-malformed", $"'{run.Get(ledger)}' is no http address of a ledger", "write it as http://127.0.0.1:5080; nginx-rtmp calls back without TLS, so keep both on one machine or network");
                string file = NginxConfiguration.Write(run.Io.PathOf(run.Get(output)!), settings, chosen, url, run.Get(rtmp)!, run.Get(user));
                run.Answer(() => new { file, server = chosen.Name }, page => page.Facts(("configuration", file), ("server", chosen.Name), ("start it", $"nginx -c {file}")));
                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static LivestreamSettings Settings(string path)
    {
        AdaptersFile.Read(path); // the whole file is checked as the server does
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.TryGetProperty("livestream", out JsonElement section)
            ? section.Deserialize<LivestreamSettings>(StrictJson.Options)!
            : throw new CliException(ExitCode.Usage, "adapter-off", $"{path} has no section 'livestream'", "add one; specs/adapters.md shows it");
    }

    private static MediaServer Chosen(LivestreamSettings settings, string? name)
    {
        MediaServer[] found = [.. settings.Servers.Where(s => name is null || s.Name == name)];
        if (found.Length != 1) throw new CliException(ExitCode.Usage, "media-server-unknown", "the settings do not name exactly one such server", $"choose with --server one of {string.Join(", ", settings.Servers.Select(s => s.Name))}");
        return found[0].Kind == MediaServerKind.NginxRtmp ? found[0]
            : throw new CliException(ExitCode.Usage, "media-server-kind", $"'{found[0].Name}' is no nginx-rtmp server", "specs/adapters.md shows SRS's configuration");
    }
}

/// <summary>Issues, ends and lists stream keys.</summary>
internal static class MediaKeysVerbs
{
    public static Verb Add(CliShell shell)
    {
        Argument<string> space = new("SPACE") { Description = "Where is broadcast" };
        Argument<string> account = new("ACCOUNT") { Description = "Who broadcasts" };
        return shell.Verb(
            "add",
            "Issues a stream key of an account in a space: its first, or the second that replaces it. Shown once; only its hash is kept.",
            "weledger media keys add music ann",
            [space, account],
            (run, _) =>
            {
                using LivestreamStore store = Open(run);
                (SpaceId where, AccountId who) = (new SpaceId(run.Get(space)), VerbRun.AccountOf(run.Get(account)));
                StreamKey key = store.Issue(where, who, Now(run));
                run.Answer(
                    () => new { id = key.Id, key = key.Text, space = where.Value, account = who.Value },
                    page =>
                    {
                        page.Command($"{where}?key={key.Text}");
                        page.Line($"What broadcasting software calls the stream key; id {key.Id}. It is shown this once: give it to '{who}' alone.");
                    });
                return Task.FromResult(ExitCode.Ok);
            });
    }

    public static Verb Revoke(CliShell shell)
    {
        Argument<string> id = new("ID") { Description = "The key's id, as 'weledger media keys list' shows it" };
        return shell.Verb(
            "revoke",
            "Ends a stream key for ever; a broadcast that runs with it ends at its next update.",
            "weledger media keys revoke 7k3m9z0q",
            [id],
            (run, _) =>
            {
                using LivestreamStore store = Open(run);
                store.Revoke(run.Get(id), Now(run));
                run.Answer(() => new { revoked = run.Get(id) }, page => page.Line($"Stream key {run.Get(id)} is revoked."));
                return Task.FromResult(ExitCode.Ok);
            });
    }

    public static Verb List(CliShell shell) => shell.Verb(
        "list",
        "Lists stream keys: everything but the keys themselves.",
        "weledger media keys list",
        [],
        (run, _) =>
        {
            using LivestreamStore store = Open(run);
            List<StoredStreamKey> keys = store.Keys();
            run.Answer(
                () => new { keys = keys.Select(k => new { k.Id, space = k.Space.Value, account = k.Account.Value, k.CreatedAt, k.RevokedAt }) },
                page => page.Table([new("space"), new("account"), new("id"), new("state")], keys.Select(k => (string[])[k.Space.Value, k.Account.Value, k.Id, k.RevokedAt is null ? "live" : "revoked"])));
            return Task.FromResult(ExitCode.Ok);
        });

    private static LivestreamStore Open(VerbRun run) => LivestreamStore.Open(Path.Combine(run.DataDirectory, "adapters", "livestream"));

    private static UnixMs Now(VerbRun run) => UnixMs.From(run.Io.Clock.GetUtcNow().ToUnixTimeMilliseconds());
}
