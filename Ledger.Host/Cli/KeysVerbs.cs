using System.CommandLine;
using Ledger.Host.Security;

namespace Ledger.Host.Cli;

/// <summary>Makes a client and its first key.</summary>
internal static class KeysAddVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> name = new("NAME") { Description = "The client: a backend, an adapter, a person" };
        Option<string[]> scopes = new("--scope") { Description = "What it may do, such as activity:write; repeat it for more (specs/security.md)", HelpName = "SCOPE", Required = true, AllowMultipleArgumentsPerToken = true };
        Option<int> requests = new("--requests-per-second") { Description = "Requests it may make", HelpName = "N", DefaultValueFactory = _ => ApiClient.RequestsPerSecondDefault };
        Option<int> events = new("--events-per-second") { Description = "Events it may submit", HelpName = "N", DefaultValueFactory = _ => ApiClient.EventsPerSecondDefault };
        return shell.Verb(
            "add",
            "Makes a client and its first key. The key is shown once and only its hash is kept.",
            "weledger keys add app --scope activity:write --scope accounts:write",
            [name, scopes, requests, events],
            (run, _) =>
            {
                (int requestsMax, int eventsMax) = (run.Get(requests), run.Get(events));
                if (requestsMax < 1 || eventsMax < 1) throw new CliException(ExitCode.Usage, "out-of-range", "a rate below one lets nothing through", "give whole numbers from 1");
                using KeyStore store = KeyStore.Open(run.DataDirectory, run.Io.Clock);
                ApiClient client = ApiClient.Create(run.Get(name), ScopeSet.Parse(run.Get(scopes) ?? []), requestsMax, eventsMax);
                return Task.FromResult(KeysPage.Show(run, client, store.Add(client)));
            });
    }
}

/// <summary>Gives a client a second key.</summary>
internal static class KeysRotateVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> name = new("NAME") { Description = "The client" };
        return shell.Verb(
            "rotate",
            "Gives a client a second key beside the one in use. Put it in place, then revoke the old one.",
            "weledger keys rotate app",
            [name],
            (run, _) =>
            {
                using KeyStore store = KeyStore.Open(run.DataDirectory, run.Io.Clock);
                ApiKey key = store.Rotate(run.Get(name));
                return Task.FromResult(KeysPage.Show(run, store.Clients()[run.Get(name)], key));
            });
    }
}

/// <summary>Gives a client a signing secret.</summary>
internal static class KeysSignVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> name = new("NAME") { Description = "The client" };
        return shell.Verb(
            "sign",
            "Gives a client a secret to sign with, after the Standard Webhooks scheme. From its first one on, whatever the client writes must be signed, for ever.",
            "weledger keys sign app",
            [name],
            (run, _) =>
            {
                using KeyStore store = KeyStore.Open(run.DataDirectory, run.Io.Clock);
                (string id, byte[] secret) = store.Sign(run.Get(name));
                run.Answer(
                    () => new { client = run.Get(name), id, secret = WebhookSignature.Text(secret) },
                    page =>
                    {
                        page.Command(WebhookSignature.Text(secret));
                        page.Line($"The signing secret of '{run.Get(name)}', id {id}. Whatever this client writes must be signed from now on.");
                    });
                return Task.FromResult(ExitCode.Ok);
            });
    }
}

/// <summary>Ends a key or a signing secret.</summary>
internal static class KeysRevokeVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> id = new("ID") { Description = "The key's id, the eight characters after welk_, or a signing secret's" };
        return shell.Verb(
            "revoke",
            "Ends a key or a signing secret for ever. A server that runs refuses it within a second.",
            "weledger keys revoke 7k3m9z0q",
            [id],
            (run, _) =>
            {
                using KeyStore store = KeyStore.Open(run.DataDirectory, run.Io.Clock);
                store.Revoke(run.Get(id));
                run.Answer(() => new { revoked = run.Get(id) }, page => page.Line($"Key {run.Get(id)} is revoked."));
                return Task.FromResult(ExitCode.Ok);
            });
    }
}

/// <summary>Lists clients and keys.</summary>
internal static class KeysListVerb
{
    public static Verb Create(CliShell shell) => shell.Verb(
        "list",
        "Lists clients and their keys: everything but the keys themselves.",
        "weledger keys list",
        [],
        (run, _) =>
        {
            using KeyStore store = KeyStore.Open(run.DataDirectory, run.Io.Clock);
            SortedDictionary<string, ApiClient> clients = store.Clients();
            List<StoredKey> keys = store.Keys();
            List<StoredSecret> secrets = store.Secrets();
            run.Answer(
                () => new
                {
                    clients = clients.Values.Select(c => new { c.Name, scopes = c.Scopes.Scopes.Select(s => s.ToString()), c.RequestsPerSecond, c.EventsPerSecond, c.Signs }),
                    keys = keys.Select(k => new { k.Id, k.Client, kind = "key", k.CreatedAt, k.RevokedAt })
                        .Concat(secrets.Select(s => new { s.Id, s.Client, kind = "signing-secret", s.CreatedAt, s.RevokedAt })),
                },
                page => page.Table(
                    [new("client"), new("id"), new("kind"), new("state"), new("requests/s", true), new("events/s", true), new("scopes", IsProse: true)],
                    keys.Select(k => (k.Client, k.Id, Kind: "key", k.RevokedAt)).Concat(secrets.Select(s => (s.Client, s.Id, Kind: "signing secret", s.RevokedAt))).Select(k => (string[])
                    [
                        k.Client, k.Id, k.Kind, k.RevokedAt is null ? "live" : "revoked", Amounts.Count(clients[k.Client].RequestsPerSecond), Amounts.Count(clients[k.Client].EventsPerSecond), clients[k.Client].Scopes.ToString(),
                    ])));
            return Task.FromResult(ExitCode.Ok);
        });
}

/// <summary>Shows a new key, the only time that anybody can.</summary>
internal static class KeysPage
{
    public static int Show(VerbRun run, ApiClient client, ApiKey key)
    {
        run.Answer(
            () => new { client = client.Name, key.Id, key = key.Text, scopes = client.Scopes.Scopes.Select(s => s.ToString()) },
            page =>
            {
                page.Command(key.Text);
                page.Line($"The key of '{client.Name}', id {key.Id}; it may {client.Scopes}. It is shown this once: keep it where secrets are kept.");
            });
        return ExitCode.Ok;
    }
}
