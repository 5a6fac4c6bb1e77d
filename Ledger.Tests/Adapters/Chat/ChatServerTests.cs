using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed over real sockets: both protocols are one chat, and whatever is sent or not read, the server goes on with bounded memory and says why it ends somebody.</summary>
[Collection(Alone.Name)] // the memory of slow readers is the process's
public sealed class ChatServerTests
{
    [Fact]
    public async Task Two_protocols_are_one_room_and_the_pages_tell_the_same()
    {
        await using Server server = await Server.StartAsync();
        await using ChatClient ann = await ChatClient.TcpAsync(server.Port, await server.TokenAsync("ann"));
        await using ChatClient bob = await ChatClient.WebSocketAsync(server.Api.Http, await server.TokenAsync("bob"));
        Assert.Equal("ann", (await ann.NextAsync("welcome"))!.Value.GetProperty("account").GetString());
        Assert.Equal("bob", (await bob.NextAsync("welcome"))!.Value.GetProperty("account").GetString());
        await ann.JoinAsync("room");
        await bob.JoinAsync("room");
        await ann.NextAsync("joined");
        await bob.NextAsync("joined");
        List<string> heardByAnn = [], heardByBob = [];
        for (int i = 0; i < 5; i++)
        {
            await ann.SayAsync("room", $"a-{i}", $"héllo \"{i}\" 🎈");
            await bob.SayAsync("room", $"b-{i}", $"bonsoir {i}");
            for (int k = 0; k < 2; k++)
            {
                heardByAnn.Add((await ann.NextAsync("message"))!.Value.ToString());
                heardByBob.Add((await bob.NextAsync("message"))!.Value.ToString());
            }
        }

        Assert.Equal(heardByAnn, heardByBob);
        Assert.Contains("héllo \"4\" 🎈", heardByBob.Select(TextOf));
        using HttpClient pages = server.Api.Client("spaces:read");
        List<string> texts = [];
        string? cursor = "";
        do
        {
            JsonElement page = await (await pages.GetAsync($"/v1/chat/rooms/room/messages?limit=3&cursor={cursor}")).JsonAsync();
            texts.AddRange(page.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("text").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(heardByAnn.Select(TextOf).Reverse(), texts);
        Assert.Equal("unknown-space", await (await pages.GetAsync("/v1/chat/rooms/none/messages")).ProblemAsync(HttpStatusCode.NotFound));

        static string TextOf(string message)
        {
            using JsonDocument document = JsonDocument.Parse(message);
            return document.RootElement.GetProperty("text").GetString()!;
        }
    }

    [Fact]
    public async Task Tokens_come_from_keys_that_may_state_both_and_sockets_open_with_tokens_alone()
    {
        await using Server server = await Server.StartAsync();
        using HttpClient half = server.Api.Client("activity:write"), whole = server.Api.Client("activity:write", "live:write"), nobody = server.Api.Client();
        Assert.Equal("key-missing", await (await PostAsync(nobody, """{"account":"ann"}""")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("scope-missing", await (await PostAsync(half, """{"account":"ann"}""")).ProblemAsync(HttpStatusCode.Forbidden));
        Assert.Equal("out-of-range", await (await PostAsync(whole, """{"account":"ann","seconds":59}""")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("id-empty", await (await PostAsync(whole, """{"account":""}""")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("json-malformed", await (await PostAsync(whole, """{"account":"ann","admin":true}""")).ProblemAsync(HttpStatusCode.BadRequest));
        string token = (await (await PostAsync(whole, """{"account":"ann","seconds":60}""")).JsonAsync()).GetProperty("token").GetString()!;
        Assert.Equal("websocket-expected", await (await nobody.GetAsync($"/v1/chat?token={token}")).ProblemAsync(HttpStatusCode.BadRequest));
        foreach (string query in (string[])["", "?token=", $"?token={token[..^1]}", $"?token={token}&token={token}"])
            Assert.Equal("token-invalid", await (await nobody.GetAsync($"/v1/chat{query}")).ProblemAsync(HttpStatusCode.Unauthorized));
        await Assert.ThrowsAsync<WebSocketException>(() => ChatClient.WebSocketAsync(server.Api.Http, token[..^2] + "AA"));

        static Task<HttpResponseMessage> PostAsync(HttpClient client, string body) => client.PostAsync("/v1/chat/tokens", new StringContent(body, Encoding.UTF8, "application/json"));
    }

    [Fact]
    public async Task Garbage_ends_its_own_connection_with_a_reason_and_nothing_else()
    {
        await using Server server = await Server.StartAsync();
        string token = await server.TokenAsync("ann");
        int seed = Random.Shared.Next(1_000_000);
        ConcurrentDictionary<string, int> ends = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            Random random = new(seed + caller);
            for (int i = 0; i < 100 * Soak.Factor; i++)
            {
                await using ChatClient client = i % 3 == 0 ? await ChatClient.WebSocketAsync(server.Api.Http, token) : await ChatClient.TcpAsync(server.Port, i % 3 == 1 ? token : null);
                try
                {
                    if (await SendAsync(client, random, random.Next(1, 30)) && await client.NextAsync("end", "error") is { } told) ends.AddOrUpdate(told.GetProperty("code").GetString()!, 1, (_, n) => n + 1);
                }
                catch (OperationCanceledException)
                {
                    Assert.Fail($"seed {seed}, caller {caller}, connection {i}: no answer and no end");
                }
            }
        })));
        Assert.True(ends.Count > 3, $"seed {seed}: only {string.Join(", ", ends.Keys)} were told");
        HashSet<string> page = [.. SpecTables.Read("adapters.md", "Refused lines").Select(r => r["code"]), .. SpecTables.Read("adapters.md", "Answers and ends").Select(r => r["code"])];
        Assert.DoesNotContain("internal-error", ends.Keys);
        Assert.Empty(ends.Keys.Except(page));

        await using (ChatClient endless = await ChatClient.TcpAsync(server.Port, token))
        {
            await endless.SendAsync(new byte[5_000]);
            Assert.Equal("line-too-long", (await endless.NextAsync("end"))!.Value.GetProperty("code").GetString());
        }

        await Until.HoldsAsync("0 connections", async () => await server.ConnectionsAsync() == 0);
        await using ChatClient ann = await ChatClient.TcpAsync(server.Port, token);
        await ann.JoinAsync("room");
        await ann.SayAsync("room", "after", "still here");
        Assert.NotNull(await ann.NextAsync("said"));

        static async Task<bool> SendAsync(ChatClient client, Random random, int lines)
        {
            try
            {
                for (int i = 0; i < lines; i++) await client.SendAsync(ChatNoise.Line(random));
                await client.SendAsync("?"u8.ToArray()); // noise can be a good line that has no answer, such as a pong
                return true;
            }
            catch (Exception e) when (e is IOException or WebSocketException)
            {
                return false; // hung up on
            }
        }
    }

    [Fact]
    public async Task A_thousand_readers_that_do_not_read_are_ended_and_hold_no_memory()
    {
        const int Slow = 1_000;
        const int Hosts = 8;
        await using Server server = await Server.StartAsync("\"messagesPerMinute\":1000000,\"connectionsPerAccountMax\":1000");
        string token = await server.TokenAsync("slow");
        byte[] hello = Encoding.UTF8.GetBytes($$"""{"do":"hello","token":"{{token}}"}""" + "\n" + """{"do":"join","room":"room"}""" + "\n");
        List<Socket> slow = [];
        for (int i = 0; i < Slow; i++)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            await socket.SendAsync(hello);
            slow.Add(socket);
        }

        List<ChatClient> hosts = []; // by turns, within the lines that a connection may send
        for (int i = 0; i < Hosts; i++)
        {
            hosts.Add(await ChatClient.TcpAsync(server.Port, await server.TokenAsync("host")));
            await hosts[^1].JoinAsync("room");
        }

        await Until.HoldsAsync($"{Slow + Hosts} connections", async () => await server.ConnectionsAsync() == Slow + Hosts);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long peak = 0;
        string text = new('x', 1_000);
        for (int i = 0; await server.EndedAsync("slow-reader") < Slow; i++)
        {
            await hosts[i % Hosts].SayAsync("room", $"m-{i}", text);
            foreach (ChatClient host in hosts) Assert.NotNull(await host.NextAsync("message")); // who reads is not held up
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
            Assert.True(i < 400, $"after {i} messages only {await server.EndedAsync("slow-reader")} are ended");
        }

        await Until.HoldsAsync($"{Hosts} connections", async () => await server.ConnectionsAsync() == Hosts);
        Assert.True(peak - before < 128L << 20, string.Create(CultureInfo.InvariantCulture, $"memory grew by {peak - before:N0} bytes"));
        foreach (Socket socket in slow) socket.Dispose();
        foreach (ChatClient host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task There_are_no_more_connections_than_the_settings_say()
    {
        await using Server server = await Server.StartAsync("\"connectionsMax\":3");
        string token = await server.TokenAsync("ann");
        await using ChatClient one = await ChatClient.TcpAsync(server.Port, token), two = await ChatClient.WebSocketAsync(server.Api.Http, token), three = await ChatClient.TcpAsync(server.Port, token);
        foreach (ChatClient client in (ChatClient[])[one, two, three]) Assert.NotNull(await client.NextAsync("welcome"));
        await using ChatClient four = await ChatClient.TcpAsync(server.Port, null);
        Assert.Equal("connections-full", (await four.NextAsync("end"))!.Value.GetProperty("code").GetString());
        await Assert.ThrowsAsync<WebSocketException>(() => ChatClient.WebSocketAsync(server.Api.Http, token));
        using HttpClient client2 = server.Api.Client("metrics:read");
        Assert.Equal("connections-full", (await (await client2.GetAsync("/v1/adapters")).JsonAsync()).GetProperty("items")[0].GetProperty("code").GetString());
        await one.DisposeAsync();
        await Until.HoldsAsync("2 connections", async () => await server.ConnectionsAsync() == 2);
        await using ChatClient again = await ChatClient.TcpAsync(server.Port, token);
        Assert.NotNull(await again.NextAsync("welcome"));
    }

    [Fact]
    public async Task A_port_that_others_can_reach_speaks_TLS_or_is_refused()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-chat-tls-");
        string pem = Path.Combine(folder.FullName, "chat.pem"), keyPem = Path.Combine(folder.FullName, "chat-key.pem");
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPem, key.ExportPkcs8PrivateKeyPem());
        await using (Server server = await Server.StartAsync($"\"tlsCertificate\":\"{pem}\",\"tlsKey\":\"{keyPem}\"", "0.0.0.0"))
        {
            await using ChatClient ann = await ChatClient.TcpAsync(server.Port, await server.TokenAsync("ann"), certificate);
            Assert.NotNull(await ann.NextAsync("welcome"));
            await ann.SendAsync(new byte[5_000]);
            Assert.Equal("line-too-long", (await ann.NextAsync("end"))!.Value.GetProperty("code").GetString());
        }

        folder.Delete(recursive: true);
        FormatException refused = await Assert.ThrowsAsync<FormatException>(() => Server.StartAsync("", "0.0.0.0"));
        Assert.StartsWith("tls-required:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_and_does_not_wait_for_its_connections()
    {
        Server server = await Server.StartAsync();
        await using ChatClient ann = await ChatClient.TcpAsync(server.Port, await server.TokenAsync("ann"));
        await using ChatClient bob = await ChatClient.WebSocketAsync(server.Api.Http, await server.TokenAsync("bob"));
        await ann.NextAsync("welcome");
        await bob.NextAsync("welcome");
        long started = TimeProvider.System.GetTimestamp();
        ValueTask stopping = server.DisposeAsync();
        foreach (ChatClient client in (ChatClient[])[ann, bob]) Assert.Equal("server-stops", (await client.NextAsync("end"))!.Value.GetProperty("code").GetString());
        await stopping;
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(15));
    }

    /// <summary>A server with a room, provided by <c>host</c>.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly HttpClient _app;
        private readonly HttpClient _metrics;

        private Server(ApiHarness api, int port) => (Api, Port, _app, _metrics) = (api, port, api.Client("activity:write", "live:write"), api.Client("metrics:read"));

        public ApiHarness Api { get; }

        public int Port { get; }

        public static async Task<Server> StartAsync(string settings = "", string address = "127.0.0.1")
        {
            int port = FreePort.Next();
            string json = $$$"""{"chat":{"tcp":"{{{address}}}:{{{port}}}"{{{(settings.Length > 0 ? "," + settings : "")}}}}}""";
            ApiHarness api = await ApiHarness.StartAsync(TimeProvider.System, adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(json), Path.GetTempPath(), AdapterKinds.All));
            await api.Session.Ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("test", "room"), UnixMs.From(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()), new SpaceOpened(new SpaceId("room"), new AccountId("host")))]);
            await api.Session.Ledger.CatchUpAsync(null, CancellationToken.None);
            return new Server(api, port);
        }

        public async Task<string> TokenAsync(string account)
        {
            HttpResponseMessage answer = await _app.PostAsync("/v1/chat/tokens", new StringContent($$"""{"account":"{{account}}"}""", Encoding.UTF8, "application/json"));
            return (await answer.EnsureSuccessStatusCode().JsonAsync()).GetProperty("token").GetString()!;
        }

        public Task<long> ConnectionsAsync() => MetricAsync("weledger_chat_connections");

        public Task<long> EndedAsync(string code) => MetricAsync("weledger_chat_ended", $"code=\"{code}\"");

        public async ValueTask DisposeAsync()
        {
            _app.Dispose();
            _metrics.Dispose();
            await Api.DisposeAsync();
        }

        private async Task<long> MetricAsync(string name, string label = "")
        {
            string text = await _metrics.GetStringAsync("/metrics");
            string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split('}')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }
}
