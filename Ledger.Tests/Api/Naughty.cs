using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Ledger.Tests.Api;

/// <summary>Requests as nobody should send them, made from a seed.</summary>
internal sealed class Naughty(int seed)
{
    private static readonly string[] Texts =
    [
        "", " ", "\\u0000", "\\ud800", "\\udfff\\ud800", "\u202e\u0644", "\ufeff", "\ufffe", "e\u0301\u0301\u0301\u0301", "\ud83d\udc69\u200d\ud83d\ude80", "%00", "%n%s%x", "../../../../etc/passwd", "C:\\\\nul",
        "'; DROP TABLE block; --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "\\t\\r\\n", "\\u001b[31m", "null", "true", "NaN", "Infinity", "-0", "1e400", "0x10", "00", "0000000000000000000000000000000000000000000000000000000000000001",
        "\u0000", "\u0001", "\u007f", "\u0085", "\u2028", "Z\u0351\u036b", "constructor", "__proto__", "$type", "id", "\\\\", "\\", "\"", new string('a', 65), new string('\u00e9', 33), new string('x', 70_000),
    ];

    private static readonly string[] Numbers = ["0", "-0", "-1", "1.0", "1e2", "1e400", "-1e-400", "01", "+1", "0x1", "NaN", "Infinity", "9223372036854775808", "340282366920938463463374607431768211456", new string('9', 5_000), "1" + new string('0', 100_000), "\"1\"", "null", "true", "[]", "{}"];
    private static readonly string[] Types = ["application/json", "application/x-ndjson", "application/json; charset=utf-8", "application/json;charset=utf-7", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "\u00e9", ";", "", "application/*", "application/grpc"];
    private static readonly string[] Encodings = ["", "", "", "gzip", "br", "identity", "deflate", "gzip, br", "x", "GZIP", "zstd"];
    private static readonly string[] Paths = ["/v1/events", "/v1/events?dryRun=true", "/v1/events?dryRun=1", "/v1/events?dryRun=", "/v1/events?dryRun=true&dryRun=false", "/v1/events/", "/v1//events", "/V1/EVENTS", "/v1/events/%00", "/v1/events/..%2f..%2fetc", "/health/ready", "/metrics", "/docs", "/openapi/v1.json", "/openapi/%7B.json", "/%ff%fe", "/v1/events?%00=%ff", "/v1/events;a=b"];
    private static readonly string[] Methods = ["POST", "POST", "POST", "POST", "POST", "POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "X"];

    private readonly Random _random = new(seed);

    /// <summary>A request that HTTP can carry.</summary>
    public HttpRequestMessage Request()
    {
        bool isPlain = _random.Next(4) > 0; // most of them reach the reader of events
        HttpRequestMessage request = new(new HttpMethod(isPlain ? "POST" : Pick(Methods)), new Uri(isPlain ? "/v1/events" : Pick(Paths), UriKind.Relative));
        string encoding = isPlain && _random.Next(5) > 0 ? "" : Pick(Encodings);
        if (request.Method == HttpMethod.Trace) return request;
        request.Content = new ByteArrayContent(Encode(Body(), encoding));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", isPlain ? Types[_random.Next(3)] : Pick(Types));
        if (encoding.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        if (_random.Next(10) == 0) request.Headers.TryAddWithoutValidation("Idempotency-Key", _random.Next(3) == 0 ? new string('k', _random.Next(300)) : $"k{_random.Next(50)}");
        if (_random.Next(20) == 0) request.Headers.TryAddWithoutValidation("Authorization", Pick(["Bearer", "Bearer ", "Basic", "Basic !!!", "Basic OjpA", "Bearer welk_00000000_x", "Negotiate x", new string('B', 3_000)]));
        if (_random.Next(20) == 0) request.Headers.TryAddWithoutValidation(Pick(["Expect", "Range", "If-Match", "X-Http-Method-Override", "webhook-id", "traceparent", "Accept"]), Pick(["bytes=0-", "*", "DELETE", "100-continue", "00-x-y-z", "", "q=9"]));
        return request;
    }

    /// <summary>Bytes that are hardly HTTP.</summary>
    public byte[] Wire()
    {
        string request = $"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: {Pick(["2", "-1", "99999999999999999999", "0x2", "2, 3", ""])}\r\n{Pick(["", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, identity\r\n", " folded: x\r\n", "a\u0000b: c\r\n", new string('h', 20_000) + ": x\r\n"])}\r\n{Pick(["{}", "zzz\r\n{}\r\n", "2\r\n{}\r\n0\r\n\r\n", ""])}";
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        return _random.Next(3) switch
        {
            0 => bytes,
            1 => Mutate(bytes),
            _ => Noise(_random.Next(1, 2_000)),
        };
    }

    private byte[] Body() => _random.Next(10) switch
    {
        0 => Noise(_random.Next(2_000)),
        1 => Encoding.UTF8.GetBytes(Nested(_random.Next(1, 3_000))),
        2 => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, _random.Next(1, 20)).Select(_ => Event()))}]"),
        3 or 4 => Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, _random.Next(1, 20)).Select(_ => Event()))),
        5 or 6 => Encoding.UTF8.GetBytes(Event()),
        _ => Mutate(Encoding.UTF8.GetBytes(Event())),
    };

    private string Event()
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{_random.Next(1, 5_000):x12}");
        return _random.Next(6) switch
        {
            0 => $$"""{"id":"{{id}}","kind":"liked","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"{{Pick(Texts)}}","content":"clip"}""",
            1 => $$"""{"id":"{{id}}","kind":"viewed","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","content":"clip","watchSeconds":{{Pick(Numbers)}}}""",
            2 => $$"""{"id":"{{id}}","kind":"tipped","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","space":"s","amount":"{{Pick(Numbers)}}"}""",
            3 => $$"""{"id":"{{id}}","kind":"{{Pick(Texts)}}","v":{{Pick(Numbers)}},"occurredAt":"{{Pick(["2026-11-22T11:00:00Z", "2026-02-30T11:00:00Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59Z", "2026-11-22", "now"])}}","{{Pick(Texts)}}":1,"id":"{{id}}"}""",
            _ => $$"""{"id":"{{id}}","kind":"liked","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","content":"clip"}""",
        };
    }

    private string Nested(int depth) => _random.Next(2) == 0
        ? new string('[', depth) + (_random.Next(2) == 0 ? "" : new string(']', depth))
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private byte[] Encode(byte[] body, string encoding)
    {
        if (encoding is not ("gzip" or "br") || _random.Next(4) == 0) return body;
        using MemoryStream encoded = new();
        using (Stream encoder = encoding == "gzip" ? new GZipStream(encoded, CompressionLevel.Fastest, leaveOpen: true) : new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true)) encoder.Write(body);
        return _random.Next(3) == 0 ? Mutate(encoded.ToArray()) : encoded.ToArray();
    }

    private byte[] Mutate(byte[] bytes)
    {
        if (bytes.Length == 0) return bytes;
        byte[] mutated = [.. bytes];
        for (int i = _random.Next(1, 6); i > 0; i--) mutated[_random.Next(mutated.Length)] = (byte)_random.Next(256);
        return _random.Next(4) == 0 ? mutated[.._random.Next(mutated.Length)] : mutated;
    }

    private byte[] Noise(int size)
    {
        byte[] noise = new byte[size];
        _random.NextBytes(noise);
        return noise;
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
