using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ledger.Host.Security;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Whatever is sent, the server answers with what it was made to answer or hangs up: it never fails, never falls, and its memory stays bounded.</summary>
[Collection(Alone.Name)] // it measures what memory the process keeps
public sealed class RobustnessTests
{
    private const int Callers = 8;
    private const long GrowthBytesMax = 192 << 20; // the log's own caches and what was accepted; a leak of the bodies would be gigabytes
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly int Requests = 100_000 * Soak.Factor;

    [Fact]
    public async Task A_hundred_thousand_fuzzed_requests_meet_no_fault()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        ApiKey key = api.Keys.Add(ApiClient.Create("fuzz", ScopeSet.Parse(["*:write", "*:read"]), requestsPerSecond: int.MaxValue, eventsPerSecond: int.MaxValue));
        int seed = Random.Shared.Next(1_000_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ConcurrentDictionary<int, int> statuses = [];
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = api.Http, Timeout = Patience };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
            Naughty naughty = new(seed + caller);
            for (int i = 0; i < Requests / Callers; i++)
            {
                using HttpRequestMessage request = naughty.Request();
                try
                {
                    using HttpResponseMessage response = await client.SendAsync(request);
                    int status = (int)response.StatusCode;
                    statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                    Assert.True(status < 500, $"seed {seed}, caller {caller}, request {i}: {status} {await response.Content.ReadAsStringAsync()} {api.Session.Health.Fault}");
                }
                catch (HttpRequestException)
                {
                    statuses.AddOrUpdate(0, 1, (_, count) => count + 1); // hung up on, or nothing that HttpClient sends or understands
                }
            }
        })));
        foreach (int expected in new[] { 200, 400, 401, 404, 405, 415 }) Assert.True(statuses.GetValueOrDefault(expected) > 0, $"seed {seed}: no request was answered {expected}; found {string.Join(' ', statuses)}");
        Assert.True(statuses.GetValueOrDefault(0) < Requests / 20, $"seed {seed}: {statuses[0]} requests were not answered");
        await RequireSoundAsync(api, before);
    }

    [Fact]
    public async Task Bytes_that_are_hardly_http_meet_no_fault()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        int seed = Random.Shared.Next(1_000_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            Naughty naughty = new(seed + caller);
            byte[] answer = new byte[64];
            for (int i = 0; i < Requests / 50 / Callers; i++)
            {
                using Socket socket = await ConnectAsync(i % 4 == 0 ? api.Grpc : api.Http);
                try
                {
                    await socket.SendAsync(naughty.Wire());
                    socket.Shutdown(SocketShutdown.Send);
                    int size = await socket.ReceiveAsync(answer);
                    if (size > 0) Interlocked.Increment(ref answered);
                    string status = Encoding.Latin1.GetString(answer, 0, size).Split('\r')[0];

                    // 505 is how HTTP tells a version that is none; it is the sender's fault all the same.
                    Assert.False(status.StartsWith("HTTP/1.1 5", StringComparison.Ordinal) && !status.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal), $"seed {seed}, caller {caller}, bytes {i}: {status}");
                }
                catch (SocketException)
                {
                    // Hung up on.
                }
            }
        })));
        Assert.True(answered > 0);
        await RequireSoundAsync(api, before);
    }

    [Fact]
    public async Task Bodies_that_never_come_hold_no_memory_and_nobody_up()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        ApiKey key = api.NewKey("activity:write");
        List<Socket> slow = [];
        for (int i = 0; i < 200; i++)
        {
            Socket socket = await ConnectAsync(api.Http);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.Text}\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n["));
            slow.Add(socket);
        }

        await Until.HoldsAsync("memory is taken", () => api.Budget.TakenBytes > 0);
        using HttpClient client = api.Client("activity:write");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v1/events", Like())).StatusCode);
        Assert.True(api.Budget.TakenBytes <= 200L * (256 << 10), "memory is taken for what came, not for what was announced");
        foreach (Socket socket in slow) socket.Dispose();
        await Until.HoldsAsync("all memory is given back", () => api.Budget.TakenBytes == 0);
    }

    private static async Task RequireSoundAsync(ApiHarness api, long before)
    {
        await Until.HoldsAsync("all memory is given back", () => api.Budget.TakenBytes == 0);
        using HttpClient client = api.Client("activity:write");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v1/events", Like())).StatusCode);
        await api.Session.Log.VerifyAsync();
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < GrowthBytesMax, string.Create(CultureInfo.InvariantCulture, $"memory grew by {growth:N0} bytes"));
    }

    private static StringContent Like() =>
        new("""{"id":"00000000-0000-0000-0001-000000000001","kind":"liked","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","content":"clip"}""", Encoding.UTF8, "application/json");

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return socket;
    }
}
