using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Host.Adapters;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>Guaranteed: an upload is exactly the bytes that were sent, whatever broke off, came twice or in the wrong place; nothing is taken beyond what was declared and allowed.</summary>
public sealed class TusTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");
    private ApiHarness _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync(_clock, adapters: AdaptersFile.Parse("""{"video":{"uploadMibMax":2,"clientMibMax":3,"uploadHours":1}}"""u8.ToArray(), Path.GetTempPath(), AdapterKinds.All));
        _client = _api.Client("content:write");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task What_the_disk_could_not_keep_is_told_and_taken_again()
    {
        byte[] content = new byte[100_000];
        new Random(7).NextBytes(content);
        foreach (string broken in (string[])["/dev/null", "/dev/full"]) // cannot be synced; cannot be written to
        {
            string address = await BeginAsync(content.Length);
            string file = FileOf(address);
            File.Delete(file);
            File.CreateSymbolicLink(file, broken);
            Assert.Equal("upload-storage", await (await PatchAsync(address, 0, content)).ProblemAsync(HttpStatusCode.ServiceUnavailable));
            Assert.Equal(0, await OffsetAsync(address));
            File.Delete(file);
            Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(address, 0, content)).StatusCode);
            Assert.Equal(content, await File.ReadAllBytesAsync(file));
        }
    }

    [Fact]
    public async Task Options_tell_what_is_spoken_to_anybody()
    {
        using HttpClient anybody = _api.Client();
        using HttpResponseMessage answer = await anybody.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v1/uploads"));
        Assert.Equal((HttpStatusCode.NoContent, "1.0.0", "creation,expiration,checksum,termination", "2097152"), (answer.StatusCode, Header(answer, "Tus-Version"), Header(answer, "Tus-Extension"), Header(answer, "Tus-Max-Size")));
    }

    [Fact]
    public async Task Whatever_is_sent_in_whatever_order_the_file_is_what_was_accepted()
    {
        for (int seed = 1; seed <= 12 * Soak.Factor; seed++)
        {
            Random random = new(seed);
            byte[] content = new byte[random.Next(1, 400_000)];
            random.NextBytes(content);
            string address = await BeginAsync(content.Length);
            int at = 0;
            while (at < content.Length)
            {
                int size = Math.Min(content.Length - at, random.Next(1, 150_000));
                byte[] piece = content[at..(at + size)];
                switch (random.Next(6))
                {
                    case 0:
                        Assert.Equal("upload-offset-wrong", await (await PatchAsync(address, at + 1 + random.Next(9), piece)).ProblemAsync(HttpStatusCode.Conflict));
                        break;
                    case 1:
                        byte[] damaged = [.. piece];
                        damaged[random.Next(size)] ^= 1;
                        Assert.Equal("checksum-mismatch", await (await PatchAsync(address, at, damaged, Checksum(piece, "sha1"))).ProblemAsync((HttpStatusCode)460));
                        break;
                    case 2:
                        Assert.Equal("upload-overflow", await (await PatchAsync(address, at, [.. content[at..], 7])).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
                        break;
                    default:
                        using (HttpResponseMessage answer = await PatchAsync(address, at, piece, random.Next(3) switch { 0 => null, 1 => Checksum(piece, "sha1"), _ => Checksum(piece, "sha256") }))
                        {
                            Assert.True(answer.StatusCode == HttpStatusCode.NoContent, $"seed {seed}: {await answer.Content.ReadAsStringAsync()}");
                            at += size;
                            Assert.Equal($"{at}", Header(answer, "Upload-Offset"));
                        }

                        break;
                }

                Assert.Equal(at, await OffsetAsync(address));
            }

            byte[] taken = await File.ReadAllBytesAsync(FileOf(address));
            Assert.True(content.AsSpan().SequenceEqual(taken), $"seed {seed}");
            using HttpResponseMessage deleted = await SendAsync(HttpMethod.Delete, address);
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.False(File.Exists(FileOf(address)));
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_keeps_what_came_before()
    {
        byte[] content = new byte[300_000];
        new Random(5).NextBytes(content);
        string address = await BeginAsync(content.Length);
        using (TcpClient tcp = new(_api.Http.Host, _api.Http.Port))
        {
            string head = $"PATCH {address} HTTP/1.1\r\nHost: x\r\nAuthorization: {_client.DefaultRequestHeaders.Authorization}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {content.Length}\r\n\r\n";
            await tcp.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. content[..200_000]]);
            for (int i = 0; i < 400 && new FileInfo(FileOf(address)).Length < 200_000; i++) await Task.Delay(25);
            Assert.Equal(0, await OffsetAsync(address)); // nothing is told before it is durable
        }

        long offset = 0;
        for (int i = 0; i < 400 && offset == 0; i++)
        {
            offset = await OffsetAsync(address);
            if (offset == 0) await Task.Delay(25);
        }

        Assert.Equal(200_000, offset);
        using HttpResponseMessage rest = await PatchAsync(address, offset, content[(int)offset..]);
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        Assert.Equal(content, await File.ReadAllBytesAsync(FileOf(address)));
    }

    [Fact]
    public async Task Sizes_that_are_not_allowed_are_refused_before_a_byte_is_taken()
    {
        Assert.Equal("upload-too-large", await (await CreateAsync("2097153")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("upload-too-large", await (await CreateAsync("9223372036854775807")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        foreach (string malformed in (string[])["", "-1", "9223372036854775808", "1e3", "1 "[..1] + "x"])
            Assert.Equal("upload-length-malformed", await (await CreateAsync(malformed)).ProblemAsync(HttpStatusCode.BadRequest));
        await BeginAsync(2 << 20);
        Assert.Equal("upload-quota", await (await CreateAsync("1048577")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        await BeginAsync(1 << 20);
        using HttpClient other = _api.Client("content:write");
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync("1048577", other)).StatusCode);
    }

    [Fact]
    public async Task An_upload_is_its_clients_alone_and_for_its_time_alone()
    {
        string address = await BeginAsync(10);
        using HttpClient other = _api.Client("content:write");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Head, address, other)).StatusCode);
        Assert.Equal("upload-unknown", await (await SendAsync(HttpMethod.Delete, address, other)).ProblemAsync(HttpStatusCode.NotFound));
        using HttpClient reader = _api.Client("content:read");
        Assert.Equal("scope-missing", await (await CreateAsync("1", reader)).ProblemAsync(HttpStatusCode.Forbidden));

        _clock.Set("2026-11-22T13:00:00Z");
        Assert.Equal("upload-expired", await (await PatchAsync(address, 0, new byte[10])).ProblemAsync(HttpStatusCode.Gone));
    }

    [Fact]
    public async Task Requests_of_another_version_or_kind_say_so()
    {
        string address = await BeginAsync(10);
        HttpRequestMessage old = new(HttpMethod.Head, address);
        using HttpResponseMessage answer = await _client.SendAsync(old);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "1.0.0"), (answer.StatusCode, Header(answer, "Tus-Version")));
        HttpRequestMessage json = Tus(HttpMethod.Patch, address);
        json.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        json.Headers.Add("Upload-Offset", "0");
        Assert.Equal("media-type-unsupported", await (await _client.SendAsync(json)).ProblemAsync(HttpStatusCode.UnsupportedMediaType));
        Assert.Equal("checksum-unsupported", await (await PatchAsync(address, 0, [1], "md5 AAAA")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("upload-unknown", await (await PatchAsync("/v1/uploads/..%2f..%2fkeys.db", 0, [1])).ProblemAsync(HttpStatusCode.NotFound));
    }

    [PartFact("node", "Ledger.Tests/Peers:tus-js-client")]
    public async Task The_protocols_own_client_uploads_breaks_off_and_goes_on()
    {
        using ScratchFolder folder = new("weledger-tus");
        byte[] content = new byte[750_001];
        new Random(3).NextBytes(content);
        await File.WriteAllBytesAsync(folder.PathOf("clip.mp4"), content);
        string key = _client.DefaultRequestHeaders.Authorization!.Parameter!;
        ProcessStartInfo start = new(MachineParts.Require("node"), ["tus.mjs", new Uri(_api.Http, "/v1/uploads").ToString(), key, folder.PathOf("clip.mp4")]) { WorkingDirectory = Repository.PathOf("Ledger.Tests/Peers"), RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        JsonElement told = JsonDocument.Parse(output).RootElement;
        Assert.Equal(content, await File.ReadAllBytesAsync(FileOf(told.GetProperty("url").GetString()!)));
        Assert.InRange(told.GetProperty("resumedAt").GetInt64(), content.Length / 2, content.Length);
    }

    [Fact]
    public async Task Recorded_requests_come_to_what_they_came_to()
    {
        string upload = "";
        foreach (string line in await File.ReadAllLinesAsync(Repository.PathOf("Ledger.Tests/Adapters/Video/tus-requests.ndjson")))
        {
            JsonElement recorded = JsonDocument.Parse(line).RootElement;
            using HttpRequestMessage request = new(new HttpMethod(recorded.GetProperty("method").GetString()!), recorded.GetProperty("path").GetString()!.Replace("{upload}", upload, StringComparison.Ordinal));
            if (recorded.GetProperty("body").GetString() is { } body) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            foreach (JsonProperty header in recorded.GetProperty("headers").EnumerateObject())
                Assert.True(request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()) || request.Content!.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()), line);
            using HttpResponseMessage answer = await _client.SendAsync(request);
            Assert.Equal((line, recorded.GetProperty("status").GetInt32()), (line, (int)answer.StatusCode));
            if (recorded.GetProperty("code").GetString() is { } code) Assert.Equal((line, code), (line, await answer.ProblemAsync(answer.StatusCode)));
            if (recorded.GetProperty("offset").ValueKind == JsonValueKind.Number) Assert.Equal((line, $"{recorded.GetProperty("offset").GetInt32()}"), (line, Header(answer, "Upload-Offset")));
            if (answer.StatusCode == HttpStatusCode.Created) upload = answer.Headers.Location!.ToString();
        }
    }

    private static string Checksum(byte[] piece, string name)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(new HashAlgorithmName(name.ToUpperInvariant()));
        hash.AppendData(piece);
        return $"{name} {Convert.ToBase64String(hash.GetHashAndReset())}";
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static HttpRequestMessage Tus(HttpMethod method, string address)
    {
        HttpRequestMessage request = new(method, address);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private string FileOf(string address) => Path.Combine(_api.Data, "adapters", "video", "uploads", address.Split('/')[^1]);

    private async Task<string> BeginAsync(long length)
    {
        using HttpResponseMessage answer = await CreateAsync($"{length}");
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.ToString();
    }

    private async Task<HttpResponseMessage> CreateAsync(string length, HttpClient? client = null)
    {
        HttpRequestMessage request = Tus(HttpMethod.Post, "/v1/uploads");
        request.Headers.TryAddWithoutValidation("Upload-Length", length);
        request.Headers.Add("Upload-Metadata", "filename Y2xpcC5tcDQ=,empty");
        return await (client ?? _client).SendAsync(request);
    }

    private async Task<HttpResponseMessage> PatchAsync(string address, long offset, byte[] piece, string? checksum = null)
    {
        HttpRequestMessage request = Tus(HttpMethod.Patch, address);
        request.Headers.Add("Upload-Offset", $"{offset}");
        if (checksum is not null) request.Headers.Add("Upload-Checksum", checksum);
        request.Content = new ByteArrayContent(piece);
        request.Content.Headers.ContentType = new("application/offset+octet-stream");
        return await _client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, HttpClient? client = null) => await (client ?? _client).SendAsync(Tus(method, address));

    private async Task<long> OffsetAsync(string address)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Head, address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return long.Parse(Header(answer, "Upload-Offset"));
    }
}
