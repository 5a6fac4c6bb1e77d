using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Host.Adapters.Chain;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: a server that answers <c>eth_signTransaction</c> as Web3Signer does signs for a ledger, from nothing but the fields that Web3Signer reads, and its refusals are told.</summary>
public sealed class RemoteSignerTests : IDisposable
{
    private readonly PrivateKey _key = PrivateKey.FromBytes(Keccak256.Hash("remote"u8).ToArray());
    private readonly HttpListener _server = new();
    private readonly string _address;
    private readonly List<JsonElement> _asked = [];

    public RemoteSignerTests()
    {
        _address = $"http://localhost:{FreePort.Next()}/";
        _server.Prefixes.Add(_address);
        _server.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _server.Close(); // not waited for: a listener that is closed while it begins to wait for a request may wait for ever
        _key.Dispose();
    }

    [Fact]
    public async Task It_signs_what_it_was_asked_to_over_http()
    {
        ISigner signer = ChainSettings.SignerOf($"remote:{_key.Address}@{_address}", new Nobody(), ".");
        foreach (FeeMarketTransaction transaction in (FeeMarketTransaction[])[Sample, Sample with { To = null, Value = 0, Nonce = 0, Data = new byte[] { 0xfe } }])
        {
            SignedTransaction signed = await signer.SignAsync(transaction);
            Assert.Equal((_key.Address, transaction.SigningHash()), (signed.Sender, signed.Transaction.SigningHash()));
        }

        Assert.All(_asked, call => Assert.Equal(("2.0", "eth_signTransaction", 1), (call.GetProperty("jsonrpc").GetString(), call.GetProperty("method").GetString(), call.GetProperty("params").GetArrayLength())));
    }

    [Fact]
    public async Task A_key_that_the_server_does_not_hold_is_told_with_its_words()
    {
        ISigner signer = ChainSettings.SignerOf($"remote:{new WalletAddress(1, 2)}@{_address}", new Nobody(), ".");
        SignerException refused = await Assert.ThrowsAsync<SignerException>(() => signer.SignAsync(Sample));
        Assert.Equal("signer-refused", refused.Code);
        Assert.Contains("Signer not found", refused.Message, StringComparison.Ordinal);
    }

    private static FeeMarketTransaction Sample => SigningTests.Sample with { Nonce = 300 };

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _server.GetContextAsync();
                using StreamReader body = new(context.Request.InputStream);
                JsonElement call = JsonDocument.Parse(await body.ReadToEndAsync()).RootElement;
                lock (_asked) _asked.Add(call);
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer(call)));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    /// <summary>As Web3Signer: the chain is its own, the fields by their names, anything else is passed over.</summary>
    private string Answer(JsonElement call)
    {
        JsonElement fields = call.GetProperty("params")[0];
        long id = call.GetProperty("id").GetInt64();
        if (fields.GetProperty("from").GetString() != _key.Address.ToString())
            return JsonSerializer.Serialize(new { jsonrpc = "2.0", id, error = new { code = -32_000, message = "Signer not found for address" } });
        FeeMarketTransaction transaction = new()
        {
            ChainId = 31_337,
            Nonce = RpcHex.UInt64(fields, "nonce"),
            MaxPriorityFeePerGas = Number("maxPriorityFeePerGas"),
            MaxFeePerGas = Number("maxFeePerGas"),
            GasLimit = RpcHex.UInt64(fields, "gas"),
            To = fields.TryGetProperty("to", out JsonElement to) ? RpcHex.Address(to) : null,
            Value = Number("value"),
            Data = RpcHex.Bytes(fields.GetProperty("data")),
        };
        return JsonSerializer.Serialize(new { jsonrpc = "2.0", id, result = RpcHex.Data(transaction.Encode(_key.Sign(transaction.SigningHash()))) });

        BigInteger Number(string name) => RpcHex.Number(fields.GetProperty(name));
    }

    private sealed class Nobody : INodeRpc
    {
        public Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default) => throw new InvalidOperationException("the node is not asked to sign");
    }
}
