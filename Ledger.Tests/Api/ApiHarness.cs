using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ledger.Host.Adapters;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>A server over a ledger of its own, on free ports of this machine, and clients of it.</summary>
internal sealed class ApiHarness : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly LedgerSession _session;
    private readonly ApiStores _stores;
    private readonly ApiServer _server;

    private ApiHarness(DirectoryInfo folder, LedgerSession session, ApiStores stores, ApiServer server) => (_folder, _session, _stores, _server) = (folder, session, stores, server);

    public KeyStore Keys => _stores.Keys;

    public BodyBudget Budget => _server.Services.GetRequiredService<BodyBudget>();

    public LedgerSession Session => _session;

    public Uri Http => _server.Addresses[0];

    public Uri Grpc => _server.Addresses[1];

    public IEnumerable<Endpoint> Endpoints => _server.Endpoints;

    public string Data => _folder.FullName;

    public static async Task<ApiHarness> StartAsync(TimeProvider? clock = null, TimeSpan? closeGrace = null, X509Certificate2? certificate = null, AdaptersFile? adapters = null, Uri? otlp = null, bool cluster = false)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-api-");
        TimeProvider time = clock ?? new ManualClock("2026-11-22T12:00:00Z");
        LedgerSession? session = null;
        ApiStores? stores = null;
        try
        {
            LogAddress log = LogAddress.Folder(folder.FullName);
            session = await (cluster ? LedgerSession.ServeWithClusterAsync(log, folder.FullName, time, null, CancellationToken.None) : LedgerSession.ServeAsync(log, folder.FullName, time, null, CancellationToken.None));
            stores = ApiStores.Open(folder.FullName, time);
            ServeOptions options = new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0), certificate, otlp, closeGrace, adapters);
            return new ApiHarness(folder, session, stores, await ApiServer.StartAsync(session, stores, options, time, _ => { }, CancellationToken.None));
        }
        catch
        {
            stores?.Dispose();
            if (session is not null) await session.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A client that says who it is by a key with these scopes; without scopes it says nothing.</summary>
    public HttpClient Client(params string[] scopes)
    {
        // Whoever asks whether to send a body waits for the answer, however slow the machine is.
        HttpClient client = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = Http };
        if (scopes.Length > 0) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", NewKey(scopes).Text);
        return client;
    }

    public ApiKey NewKey(params string[] scopes) => Keys.Add(ApiClient.Create($"client-{Keys.Clients().Count}", ScopeSet.Parse(scopes)));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _stores.Dispose();
        await _session.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>What an answer says.</summary>
internal static class ApiAnswers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Requires a problem and gives its code.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} where {(int)status} is expected: {text}");
        Assert.Equal(ApiProblem.ContentType, response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.JsonAsync();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        string code = problem.GetProperty("code").GetString()!;
        Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", code);
        return code;
    }
}
