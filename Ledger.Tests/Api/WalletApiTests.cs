using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Tests.Support;
using Nethereum.Signer;
using Nethereum.Signer.EIP712;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Guaranteed: a wallet is linked by its holder's fresh signature for this account and this ledger alone, and a signature links once for ever.</summary>
public sealed class WalletApiTests : IAsyncLifetime
{
    private static readonly EthECKey One = new("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");
    private static readonly EthECKey Two = new("0x0000000000000000000000000000000000000000000000000000000000000007");

    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");
    private ApiHarness _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync(_clock);
        _client = _api.Client("accounts:write", "accounts:read");
        using HttpRequestMessage open = new(HttpMethod.Post, "/v1/accounts") { Content = new StringContent("""{"account":"alice"}""", Encoding.UTF8, "application/json") };
        open.Headers.Add("Idempotency-Key", "open");
        Assert.Equal(HttpStatusCode.Created, (await _client.SendAsync(open)).StatusCode);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("eip191")]
    [InlineData("eip712")]
    public async Task A_signature_links_once(string scheme)
    {
        JsonObject signed = await SignAsync("alice", One, scheme);
        using HttpResponseMessage first = await PostAsync("alice", signed);
        Assert.True(first.StatusCode == HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        Assert.Equal(One.GetPublicAddress(), await WalletAsync(), ignoreCase: true);

        Assert.Equal(HttpStatusCode.Created, (await PostAsync("alice", await SignAsync("alice", Two, scheme))).StatusCode);
        Assert.Equal(Two.GetPublicAddress(), await WalletAsync(), ignoreCase: true);

        // The first one comes again, even after it expired: it is known and changes nothing.
        _clock.Set("2026-11-22T14:00:00Z");
        using HttpResponseMessage replayed = await PostAsync("alice", signed);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        Assert.Equal("duplicate", (await replayed.JsonAsync()).GetProperty("status").GetString());
        Assert.Equal(Two.GetPublicAddress(), await WalletAsync(), ignoreCase: true);
    }

    [Fact]
    public async Task A_signature_is_for_its_account_its_wallet_its_ledger_and_its_time()
    {
        JsonObject signed = await SignAsync("alice", One, "eip191");
        Assert.Equal("signature-invalid", await ProblemAsync("bob", signed, HttpStatusCode.Forbidden));
        Assert.Equal("signature-invalid", await ProblemAsync("alice", With(signed, "address", Two.GetPublicAddress()), HttpStatusCode.Forbidden));
        Assert.Equal("signature-invalid", await ProblemAsync("alice", With(signed, "nonce", Guid.NewGuid().ToString()), HttpStatusCode.Forbidden));
        Assert.Equal("signature-invalid", await ProblemAsync("alice", With(signed, "expires", "2026-11-22T12:20:00Z"), HttpStatusCode.Forbidden));
        Assert.Equal("signature-invalid", await ProblemAsync("alice", With(signed, "scheme", "eip712"), HttpStatusCode.Forbidden));
        Assert.Equal("signature-invalid", await ProblemAsync("alice", With(signed, "signature", "0x12"), HttpStatusCode.Forbidden));
        Assert.Equal("scheme-unknown", await ProblemAsync("alice", With(signed, "scheme", "eip1271"), HttpStatusCode.BadRequest));
        Assert.Equal("wallet-malformed", await ProblemAsync("alice", With(signed, "address", "0x1"), HttpStatusCode.BadRequest));
        Assert.Equal("field-unknown", await ProblemAsync("alice", With(signed, "account", "alice"), HttpStatusCode.BadRequest));

        await using (ApiHarness other = await ApiHarness.StartAsync(new ManualClock("2026-11-22T12:00:01Z")))
        {
            using HttpClient client = other.Client("accounts:write");
            using HttpResponseMessage elsewhere = await client.PostAsync(new Uri("/v1/accounts/alice/wallet", UriKind.Relative), Content(signed));
            Assert.Equal("signature-invalid", await elsewhere.ProblemAsync(HttpStatusCode.Forbidden));
        }

        _clock.Set("2026-11-22T12:15:01Z");
        Assert.Equal("signature-expired", await ProblemAsync("alice", signed, HttpStatusCode.Conflict));

        // A client of its own: what a rate has left does not go back with the clock.
        _clock.Set("2026-11-22T11:14:59Z");
        _client.Dispose();
        _client = _api.Client("accounts:write", "accounts:read");
        Assert.Equal("signature-expired", await ProblemAsync("alice", signed, HttpStatusCode.Conflict));
        Assert.Null(await WalletAsync());
    }

    private async Task<JsonObject> SignAsync(string account, EthECKey key, string scheme)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"/v1/accounts/{account}/wallet/message?address={key.GetPublicAddress()}", UriKind.Relative));
        JsonElement message = await response.JsonAsync();
        string signature = scheme == "eip191"
            ? new EthereumMessageSigner().EncodeUTF8AndSign(message.GetProperty("text").GetString(), key)
            : new Eip712TypedDataSigner().SignTypedDataV4(message.GetProperty("typedData").GetRawText(), key);
        return new JsonObject
        {
            ["address"] = key.GetPublicAddress(),
            ["nonce"] = message.GetProperty("nonce").GetString(),
            ["expires"] = message.GetProperty("expires").GetString(),
            ["scheme"] = scheme,
            ["signature"] = signature,
        };
    }

    private static JsonObject With(JsonObject signed, string name, string value)
    {
        JsonObject changed = signed.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static StringContent Content(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> PostAsync(string account, JsonObject body) => _client.PostAsync(new Uri($"/v1/accounts/{account}/wallet", UriKind.Relative), Content(body));

    private async Task<string> ProblemAsync(string account, JsonObject body, HttpStatusCode status)
    {
        using HttpResponseMessage response = await PostAsync(account, body);
        return await response.ProblemAsync(status);
    }

    private async Task<string?> WalletAsync()
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"/v1/accounts/alice?minPosition={_api.Session.Log.Head}", UriKind.Relative));
        JsonElement wallet = (await response.JsonAsync()).GetProperty("wallet");
        return wallet.ValueKind == JsonValueKind.Null ? null : wallet.GetProperty("address").GetString();
    }
}
