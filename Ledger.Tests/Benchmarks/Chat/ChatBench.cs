using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks.Chat;

/// <summary>
/// 5,000 people in 50 rooms of a server in a process of its own; 200 messages a second, each told to 100. The load is made on the same machine, at
/// fixed times: a message is as old as the time it was due, so that a server that is behind cannot slow its clients down to look well.
/// </summary>
internal static class ChatBench
{
    private const int Connections = 5_000;
    private const int Rooms = 50;
    private const int MessagesPerSecond = 200;
    private const int WarmUpSeconds = 5;
    private const int Seconds = 20;

    /// <param name="names">Protocols: <c>tcp</c>, <c>websocket</c>; both when none is named.</param>
    public static async Task<int> RunAsync(string[] names)
    {
        foreach (string name in names.Length > 0 ? names : ["tcp", "websocket"])
        {
            if (name is not ("tcp" or "websocket"))
            {
                await Console.Error.WriteLineAsync("tcp | websocket");
                return 2;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {Connections:N0} connections in {Rooms} rooms, {MessagesPerSecond} messages a second, load generator included"));
            await MeasureAsync(name == "tcp");
        }

        return 0;
    }

    private static async Task MeasureAsync(bool overTcp)
    {
        ChatListenerClient.Reset();
        string folder = Directory.CreateTempSubdirectory("chat-bench-").FullName;
        int port = FreePort.Next();
        string settings = Path.Combine(folder, "adapters.json");
        await File.WriteAllTextAsync(settings, $$$"""{"chat":{"tcp":"127.0.0.1:{{{port}}}"}}""");
        string key = ServerProcess.NewKey(folder, "load", "activity:write", "live:write", "spaces:write", "spaces:read");
        using (ServerProcess server = await ServerProcess.StartAsync(folder, "--adapters", settings))
        {
            string[] tokens = await PrepareAsync(server.Http, key);
            List<ChatListenerClient> clients = [];
            for (int i = 0; i < Connections; i++)
                clients.Add(overTcp ? await ChatListenerClient.TcpAsync(port, tokens[i]) : await ChatListenerClient.WebSocketAsync(server.Http, tokens[i]));
            for (int i = 0; i < Connections; i++) await clients[i].JoinAsync($"room-{i % Rooms}");
            await Task.WhenAll(clients.Select(c => c.Joined));

            await DeliveredAsync(await TalkAsync(clients, WarmUpSeconds, "warm"));
            ChatListenerClient.Reset();
            (TimeSpan server0, TimeSpan own0) = (server.ProcessorTime, Environment.CpuUsage.TotalTime);
            long started = Stopwatch.GetTimestamp();
            int messages = await TalkAsync(clients, Seconds, "run");
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            Print(await DeliveredAsync(messages), elapsed, server.ProcessorTime - server0, Environment.CpuUsage.TotalTime - own0);
            foreach (ChatListenerClient client in clients) client.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits until everybody was told of so many messages, or for five seconds.</summary>
    /// <returns>How many deliveries that are.</returns>
    private static async Task<long> DeliveredAsync(int messages)
    {
        long expected = (long)messages * (Connections / Rooms);
        for (int wait = 0; ChatListenerClient.Delivered < expected && wait < 100; wait++) await Task.Delay(50);
        return expected;
    }

    private static async Task<string[]> PrepareAsync(Uri http, string key)
    {
        using HttpClient app = new() { BaseAddress = http };
        app.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        long position = 0;
        for (int i = 0; i < Rooms; i++)
            position = (await AskAsync("/v1/spaces", $$"""{"id":"{{Guid.NewGuid():D}}","space":"room-{{i}}","provider":"host-{{i}}"}""")).GetProperty("position").GetInt64();
        (await app.GetAsync(new Uri($"/v1/spaces/room-0?minPosition={position + 1}", UriKind.Relative))).EnsureSuccessStatusCode();
        string[] tokens = new string[Connections];
        for (int i = 0; i < Connections; i++) tokens[i] = (await AskAsync("/v1/chat/tokens", $$"""{"account":"user-{{i}}"}""")).GetProperty("token").GetString()!;
        return tokens;

        async Task<JsonElement> AskAsync(string path, string body)
        {
            using HttpResponseMessage response = await app.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
            using JsonDocument answer = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            return answer.RootElement.Clone();
        }
    }

    private static async Task<int> TalkAsync(List<ChatListenerClient> clients, int seconds, string name)
    {
        Random random = new(1);
        long every = Stopwatch.Frequency / MessagesPerSecond;
        long due = Stopwatch.GetTimestamp();
        int messages = seconds * MessagesPerSecond;
        for (int i = 0; i < messages; i++, due += every)
        {
            while (Stopwatch.GetTimestamp() < due) await Task.Delay(1);
            int speaker = random.Next(clients.Count);
            await clients[speaker].SayAsync($"room-{speaker % Rooms}", string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"), due);
        }

        return messages;
    }

    private static void Print(long expected, TimeSpan elapsed, TimeSpan server, TimeSpan own)
    {
        long delivered = ChatListenerClient.Delivered;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {delivered:N0} of {expected:N0} delivered, {delivered / elapsed.TotalSeconds:N0}/s; p50 {ChatListenerClient.Percentile(0.5):F1} ms, p99 {ChatListenerClient.Percentile(0.99):F1} ms, p99.9 {ChatListenerClient.Percentile(0.999):F1} ms, max {ChatListenerClient.Percentile(1):F1} ms"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  processor: server {server / elapsed:F2} cores ({server.TotalMicroseconds / delivered:F1} µs a delivery), load {own / elapsed:F2} cores"));
    }
}
