using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: replies are matched by id, reads are asked again and writes never, and whatever a node sends is an answer or a fault with a code.</summary>
public sealed class JsonRpcTests
{
    [Fact]
    public async Task Replies_of_a_batch_are_matched_by_id_whatever_their_order()
    {
        JsonRpcClient client = new(new Scripted(request => "[" + string.Join(',', Ids(request).Reverse().Select(id => $$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x{{id:x}}"}""")) + "]"));
        IReadOnlyList<RpcReply> replies = await client.SendAsync([new("a"), new("b"), new("c")]);
        Assert.Equal([1UL, 2UL, 3UL], replies.Select(r => RpcHex.UInt64(r.Result)));
        Assert.Equal([4UL], (await client.SendAsync([new("d")])).Select(r => RpcHex.UInt64(r.Result)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"id":99,"result":1}""")]
    [InlineData("""[{"id":1,"result":1},{"id":1,"result":1}]""")]
    [InlineData("""[{"id":1,"result":1}]""")]
    [InlineData("""{"id":"1","result":1}""")]
    public async Task Anything_but_an_answer_to_what_was_asked_is_a_fault(string answer)
    {
        JsonRpcClient client = new(new Scripted(_ => answer));
        Assert.Equal("node-malformed", (await Assert.ThrowsAsync<RpcFaultException>(() => client.SendAsync([new("a"), new("b")]))).Code);
    }

    [Theory]
    [InlineData("""{"id":1,"error":{"code":3,"message":"execution reverted","data":"0x08c379a0"}}""", 3, "0x08c379a0")]
    [InlineData("""{"id":1,"error":{"code":-32000,"message":"m","data":{"data":"0xab"}}}""", -32000, "0xab")]
    [InlineData("""{"id":1,"error":{"code":-32601,"message":"no such method"}}""", -32601, null)]
    public async Task Errors_keep_their_code_and_the_bytes_of_a_revert(string answer, int code, string? data)
    {
        RpcReply reply = (await new JsonRpcClient(new Scripted(_ => answer)).SendAsync([new("a")]))[0];
        Assert.Equal((code, data), (reply.Error!.Code, reply.Error.Data));
    }

    [Fact]
    public async Task Reads_are_asked_again_and_what_changes_something_is_not()
    {
        int reads = 0, writes = 0;
        Scripted transport = new(request =>
        {
            if (request.Contains("eth_send", StringComparison.Ordinal)) writes++;
            else if (++reads == 3) return """{"id":3,"result":"0x1"}""";
            throw new RpcFaultException("node-unreachable", "gone");
        });
        using ResilientNode node = new(new JsonRpcClient(transport), new RpcPatience { Pause = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        Assert.Equal(1UL, RpcHex.UInt64((await node.SendAsync([new("eth_chainId")]))[0].Result));
        await Assert.ThrowsAsync<RpcFaultException>(() => node.SendAsync([new("eth_sendRawTransaction", "0x02")]));
        Assert.Equal((3, 1), (reads, writes));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_a_time_out_and_not_a_hang()
    {
        using ResilientNode node = new(new Silent(), new RpcPatience { RetryMax = 0, Timeout = TimeSpan.FromMilliseconds(20) }, TimeProvider.System);
        Assert.Equal("node-timeout", (await Assert.ThrowsAsync<RpcFaultException>(() => node.SendAsync([new("eth_chainId")]))).Code);
    }

    [Fact]
    public async Task Http_and_web_socket_carry_the_same_calls()
    {
        using HttpListener server = new();
        int port = FreePort.Next();
        server.Prefixes.Add($"http://localhost:{port}/");
        server.Start();
        string[] schemes = ["http", "ws"];
        Task serving = ServeAsync(server, schemes.Length);
        foreach (string scheme in schemes)
        {
            using ResilientNode node = ResilientNode.Connect(new Uri($"{scheme}://localhost:{port}/"), new RpcPatience(), TimeProvider.System);
            Assert.Equal([1UL, 2UL], (await node.SendAsync([new("a"), new("b")])).Select(r => RpcHex.UInt64(r.Result)));
        }

        using ResilientNode gone = ResilientNode.Connect(new Uri($"http://localhost:{FreePort.Next()}/"), new RpcPatience { RetryMax = 0 }, TimeProvider.System);
        Assert.Equal("node-unreachable", (await Assert.ThrowsAsync<RpcFaultException>(() => gone.SendAsync([new("a")]))).Code);
        await serving;
    }

    // It ends by itself: a listener that is stopped while it begins to wait for a request may wait for ever.
    private static async Task ServeAsync(HttpListener server, int requests)
    {
        for (; requests > 0; requests--)
        {
            HttpListenerContext context = await server.GetContextAsync();
            if (context.Request.IsWebSocketRequest)
            {
                using System.Net.WebSockets.WebSocket socket = (await context.AcceptWebSocketAsync(null)).WebSocket;
                byte[] buffer = new byte[4096];
                System.Net.WebSockets.WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, default);
                await socket.SendAsync(Encoding.UTF8.GetBytes(Echo(Encoding.UTF8.GetString(buffer, 0, got.Count))), System.Net.WebSockets.WebSocketMessageType.Text, true, default);
                continue;
            }

            using StreamReader body = new(context.Request.InputStream);
            byte[] answer = Encoding.UTF8.GetBytes(Echo(await body.ReadToEndAsync()));
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }
    }

    private static string Echo(string request) => "[" + string.Join(',', Ids(request).Select(id => $$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x{{id:x}}"}""")) + "]";

    private static IEnumerable<long> Ids(string request)
    {
        JsonElement root = JsonDocument.Parse(request).RootElement;
        return (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root]).Select(c => c.GetProperty("id").GetInt64());
    }

    private sealed class Scripted(Func<string, string> answer) : IRpcTransport
    {
        public Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancel) => Task.FromResult(Encoding.UTF8.GetBytes(answer(Encoding.UTF8.GetString(request.Span))));

        public void Dispose()
        {
        }
    }

    private sealed class Silent : INodeRpc
    {
        public async Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default)
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return [];
        }
    }
}
