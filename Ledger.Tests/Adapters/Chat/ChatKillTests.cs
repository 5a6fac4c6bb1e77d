using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Adapters.Chat;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>A serving process is killed under people who talk: what was acknowledged to them is an event and in the history, each once.</summary>
public sealed class ChatKillTests
{
    private const int Speakers = 8;
    private const int MessagesEach = 40;

    [Fact]
    public async Task A_killed_chat_loses_no_acknowledged_message_and_doubles_none()
    {
        int kills = 2 * Soak.Factor;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-chat-kill-");
        string settings = Path.Combine(folder.FullName, "adapters.json");
        await File.WriteAllTextAsync(settings, """{"chat":{"messagesPerMinute":1000000}}""");
        using HttpClient app = new();
        app.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.NewKey(folder.FullName, "app", "activity:write", "live:write", "spaces:write", "spaces:read"));
        ServerProcess server = await ServerProcess.StartAsync(folder.FullName, "--adapters", settings);
        Uri http = server.Http;
        string[] tokens = new string[Speakers];
        ConcurrentDictionary<(string Account, string Id), (long Number, string Event)> acknowledged = [];
        int broken = 0;
        try
        {
            JsonElement opened = await (await PostAsync("/v1/spaces", """{"id":"00000000-0000-0000-0000-000000000001","space":"room","provider":"host"}""")).EnsureSuccessStatusCode().JsonAsync();
            (await app.GetAsync(new Uri(http, $"/v1/spaces/room?minPosition={opened.GetProperty("position").GetInt64() + 1}"))).EnsureSuccessStatusCode();
            for (int i = 0; i < Speakers; i++) tokens[i] = (await (await PostAsync("/v1/chat/tokens", $$"""{"account":"user-{{i}}"}""")).EnsureSuccessStatusCode().JsonAsync()).GetProperty("token").GetString()!;
            Task talking = Task.WhenAll(Enumerable.Range(0, Speakers).Select(i => Task.Run(() => TalkAsync(i))));
            for (int kill = 1; kill <= kills; kill++)
            {
                int until = Speakers * MessagesEach * kill / (kills + 1);
                while (acknowledged.Count < until && !talking.IsCompleted) await Task.Delay(2);
                server.Kill();
                server.Dispose();
                server = await ServerProcess.StartAsync(folder.FullName, "--adapters", settings);
                Volatile.Write(ref http, server.Http);
            }

            await talking;
        }
        finally
        {
            server.Dispose();
        }

        Assert.True(broken >= kills, "no kill met anybody who talked: nothing was tried");
        List<string> events = [];
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder.FullName))
        {
            await foreach (RecordedEvent e in log.ReadAllAsync(0))
            {
                if (e.Payload is Commented) events.Add(e.Event.Id.ToString());
            }
        }

        Assert.Equal(acknowledged.Values.Select(a => a.Event).Order(StringComparer.Ordinal), events.Order(StringComparer.Ordinal));
        using (ChatStore store = ChatStore.Open(Path.Combine(folder.FullName, "adapters", "chat")))
        {
            List<ChatMessage> history = store.Page("room", long.MaxValue, 100_000);
            Assert.Equal(acknowledged.Values.Select(a => a.Number).Order(), history.Select(m => m.Number).Order());
        }

        folder.Delete(recursive: true);

        Task<HttpResponseMessage> PostAsync(string path, string body) => app.PostAsync(new Uri(http, path), new StringContent(body, Encoding.UTF8, "application/json"));

        async Task TalkAsync(int speaker)
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(3 * Soak.Factor));
            string account = $"user-{speaker}";
            int next = 0;
            while (next < MessagesEach)
            {
                patience.Token.ThrowIfCancellationRequested();
                try
                {
                    await using ChatClient client = await ChatClient.WebSocketAsync(Volatile.Read(ref http), tokens[speaker]);
                    await client.JoinAsync("room");
                    for (; next < MessagesEach; next++)
                    {
                        await client.SayAsync("room", $"m-{next}", $"message {next} of {account}");
                        if (await client.NextAsync("said", "end") is not { } said || said.GetProperty("on").GetString() != "said") throw new WebSocketException();
                        (long, string) told = (said.GetProperty("number").GetInt64(), said.GetProperty("event").GetString()!);
                        Assert.Equal(told, acknowledged.GetOrAdd((account, $"m-{next}"), told));
                        await Task.Delay(25, patience.Token); // within the lines that a connection may send
                    }
                }
                catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException)
                {
                    Interlocked.Increment(ref broken);
                    await Task.Delay(20, patience.Token);
                }
            }
        }
    }
}
