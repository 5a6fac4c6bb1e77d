using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ledger.Host.Security;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The official JavaScript clients work with <c>weledger serve</c>, over TLS, with an API key as the password.</summary>
public sealed class NpmClientTests
{
    private const string Folder = "Ledger.Tests/Peers/EventStore";

    [PartFact("node", $"{Folder}:@kurrent/kurrentdb-client")]
    public Task The_KurrentDB_client_1_3_1_does_what_its_users_do() => RunAsync("@kurrent/kurrentdb-client", "kurrentdb");

    [PartFact("node", $"{Folder}:@eventstore/db-client")]
    public Task The_EventStoreDB_client_6_2_1_does_what_its_users_do() => RunAsync("@eventstore/db-client", "esdb");

    [PartFact("node", $"{Folder}:@kurrent/kurrentdb-client")]
    public Task A_client_that_discovers_finds_the_server() => RunAsync("@kurrent/kurrentdb-client", "kurrentdb+discover");

    private static async Task RunAsync(string package, string scheme)
    {
        (X509Certificate2 authority, X509Certificate2 certificate) = FaceHost.LocalCertificates();
        await using ApiHarness api = await ApiHarness.StartAsync(certificate: certificate);
        ApiKey key = api.NewKey("log:read", "accounts:write", "wallets:write", "moderation:write", "activity:write", "payments:write");
        string authorityFile = Path.Combine(api.Data, "ca.pem");
        await File.WriteAllTextAsync(authorityFile, authority.ExportCertificatePem());
        string address = $"{scheme}://auditor:{key.Text}@localhost:{api.Grpc.Port}?tlsCAFile={Uri.EscapeDataString(authorityFile)}";
        List<(string Case, string Answer)> answers = await NodeAsync(package, address);
        Assert.Equal(Told(SpecTables.Read("eventstore.md", "What the official clients see").Select(row => (row["case"], row["answer"]))), Told(answers));
    }

    private static string Told(IEnumerable<(string Case, string Answer)> answers) => string.Join('\n', answers.Select(a => $"{a.Case} => {a.Answer}"));

    private static async Task<List<(string Case, string Answer)>> NodeAsync(string package, string address)
    {
        ProcessStartInfo start = new(MachineParts.Require("node"), ["conformance.mjs", package, address, "peer"])
        {
            WorkingDirectory = Repository.PathOf(Folder),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        Task<string> output = node.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        try
        {
            await node.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            node.Kill();
            Assert.Fail($"no end after: {await output}{await errors}");
        }

        Assert.True(node.ExitCode == 0, await errors);
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement[]>(line)!).Select(pair => (pair[0].ToString(), pair[1].ToString()))];
    }
}
