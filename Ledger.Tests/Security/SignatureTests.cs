using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Host.Security;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Security;

/// <summary>What is signed after the Standard Webhooks scheme is accepted exactly as it was signed: with a live secret, about now, every byte of it.</summary>
public sealed class SignatureTests
{
    private const int Mutations = 100_000;
    private const string Body = """{"id":"00000000-0000-0000-0000-000000000001","kind":"liked","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","content":"clip"}""";

    [SharedDataFact("vectors/standard-webhooks/vectors.json")]
    public void The_public_vectors_hold()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("vectors/standard-webhooks/vectors.json")));
        foreach (JsonElement v in vectors.RootElement.GetProperty("sign").EnumerateArray())
            Assert.Equal(v.GetProperty("signature").GetString(), WebhookSignature.Sign(Secret(v), v.GetProperty("id").GetString()!, v.GetProperty("timestamp").GetString()!, Payload(v)));
        int accepted = 0;
        foreach (JsonElement v in vectors.RootElement.GetProperty("verify").EnumerateArray())
        {
            Assert.Equal(WebhookSignature.Tolerance.TotalSeconds, v.GetProperty("tolerance_s").GetInt32());
            JsonElement headers = v.GetProperty("headers");
            bool isAccepted = WebhookSignature.Verify([Secret(v)], Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), Payload(v), DateTimeOffset.FromUnixTimeSeconds(v.GetProperty("now").GetInt64()));
            Assert.True(isAccepted == (v.GetProperty("expect").GetString() == "accept"), v.GetProperty("name").GetString());
            if (isAccepted) accepted++;

            string? Header(string name) => headers.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        }

        Assert.True(accepted > 0);

        static byte[] Secret(JsonElement v) => WebhookSignature.TryParseSecret(v.GetProperty("secret").GetString()!, out byte[]? secret) ? secret : throw new FormatException();
        static byte[] Payload(JsonElement v) => Encoding.UTF8.GetBytes(v.GetProperty("payload").GetString()!);
    }

    [Fact]
    public void No_mutation_of_a_signed_request_is_accepted()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        byte[][] secrets = [WebhookSignature.NewSecret(), WebhookSignature.NewSecret()];
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
        byte[] body = Encoding.UTF8.GetBytes(Body);
        int[] fired = new int[5];
        for (int i = 0; i < Mutations; i++)
        {
            byte[] secret = secrets[i & 1];
            string id = $"msg_{random.NextInt64():x}";
            string timestamp = (now.ToUnixTimeSeconds() + random.Next(-300, 301)).ToString(CultureInfo.InvariantCulture);
            string signature = WebhookSignature.Sign(secret, id, timestamp, body);
            if (i % 1_000 == 0) Assert.True(WebhookSignature.Verify(secrets, id, timestamp, signature, body, now));
            (string Id, string Timestamp, string Signature, byte[] Body, byte[][] Secrets) sent = (id, timestamp, signature, body, secrets);
            int part = random.Next(fired.Length);
            switch (part)
            {
                case 0:
                    sent.Id = Mutate(id, random);
                    break;
                case 1:
                    sent.Timestamp = Mutate(timestamp, random);
                    break;
                case 2:
                    sent.Signature = Mutate(signature, random);
                    break;
                case 3:
                    sent.Body = MutateBytes(body, random);
                    break;
                default:
                    sent.Secrets = [Flip(secret, random), WebhookSignature.NewSecret()]; // a longer secret can be the same one: HMAC pads with zeros
                    break;
            }

            fired[part]++;
            Assert.False(WebhookSignature.Verify(sent.Secrets, sent.Id, sent.Timestamp, sent.Signature, sent.Body, now), $"seed {seed}, mutation {i} of part {part}");
        }

        Assert.All(fired, count => Assert.True(count > Mutations / 10));
    }

    [Fact]
    public async Task A_client_that_signs_is_not_believed_without_a_signature_and_retries_get_their_answer()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using ApiHarness api = await ApiHarness.StartAsync(clock);
        ApiKey key = api.NewKey("activity:write", "metrics:read");
        string name = api.Keys.Clients().Keys.Single();
        using HttpClient app = api.Client();
        app.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        (string id, byte[] secret) = api.Keys.Sign(name);
        Assert.Equal("signature-missing", await (await Post(null, "m1", Body)).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("signature-invalid", await (await Post(WebhookSignature.NewSecret(), "m1", Body)).ProblemAsync(HttpStatusCode.Unauthorized));
        string first = await (await Post(secret, "m1", Body)).Content.ReadAsStringAsync();
        Assert.Contains("\"accepted\"", first, StringComparison.Ordinal);
        clock.Now = clock.Now.PlusMs(10_000);
        Assert.Equal(first, await (await Post(secret, "m1", Body)).Content.ReadAsStringAsync());
        Assert.Equal("idempotency-key-reused", await (await Post(secret, "m1", Body + " ")).ProblemAsync(HttpStatusCode.UnprocessableEntity));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/metrics")).StatusCode);

        (_, byte[] second) = api.Keys.Sign(name);
        api.Keys.Revoke(id);
        clock.Now = clock.Now.PlusMs(1_000);
        Assert.Equal("signature-invalid", await (await Post(secret, "m2", Body)).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal(HttpStatusCode.OK, (await Post(second, "m2", Body)).StatusCode);
        HttpResponseMessage replayed = await Post(second, "m3", Body, agoSeconds: 301);
        Assert.Equal("signature-invalid", await replayed.ProblemAsync(HttpStatusCode.Unauthorized));

        async Task<HttpResponseMessage> Post(byte[]? with, string message, string body, int agoSeconds = 0)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/events") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (with is null) return await app.SendAsync(request);
            string timestamp = ((clock.Now.Value / 1000) - agoSeconds).ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(SignedRequest.IdHeader, message);
            request.Headers.Add(SignedRequest.TimestampHeader, timestamp);
            request.Headers.Add(SignedRequest.SignatureHeader, WebhookSignature.Sign(with, message, timestamp, Encoding.UTF8.GetBytes(body)));
            return await app.SendAsync(request);
        }
    }

    private static string Mutate(string text, Random random) => Encoding.Latin1.GetString(MutateBytes(Encoding.Latin1.GetBytes(text), random));

    /// <summary>Changes a byte, cuts, doubles, or puts one in; always into something else.</summary>
    private static byte[] MutateBytes(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        return random.Next(4) switch
        {
            0 => Flip(bytes, random),
            1 => bytes[..at],
            2 => [.. bytes[..at], (byte)(bytes[at] ^ 1), .. bytes[at..]],
            _ => [.. bytes, .. bytes[at..]],
        };
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];
        flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(7));
        return flipped;
    }
}
