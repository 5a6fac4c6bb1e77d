using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Polly;
using Polly.Retry;

namespace Ledger.Host.Client;

/// <summary>Submits events to a ledger over HTTP, and again when it is not known what became of a request: ids make that safe.</summary>
/// <remarks>For events that come one by one see <see cref="EventSender"/>. Any thread.</remarks>
public sealed class LedgerClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly LedgerClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _tries;

    /// <param name="options">Where and how.</param>
    /// <param name="clock">The time.</param>
    /// <param name="handler">What carries the requests; by default the system's, with as many connections as are needed.</param>
    public LedgerClient(LedgerClientOptions options, TimeProvider? clock = null, HttpMessageHandler? handler = null)
    {
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _http = new HttpClient(handler ?? new SocketsHttpHandler()) { BaseAddress = options.Address, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        _tries = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.RetriesMax,
                Delay = options.RetryAfter,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = tried => ValueTask.FromResult(IsWorthAnotherTry(tried.Outcome)),
                DelayGenerator = tried => ValueTask.FromResult(tried.Outcome.Result?.Headers.RetryAfter?.Delta),
            })
            .AddTimeout(options.TryWithin)
            .Build();
    }

    /// <summary>How events are batched.</summary>
    internal LedgerClientOptions Options => _options;

    /// <summary>Submits events in order; one verdict for each. When it returns, what was taken is durable.</summary>
    /// <exception cref="LedgerRequestException">The ledger does not take the request, or cannot be reached.</exception>
    public Task<IReadOnlyList<EventVerdict>> SubmitAsync(IReadOnlyList<SubmittedEvent> events, CancellationToken cancel = default)
    {
        ArrayBufferWriter<byte> lines = new(256 * Math.Max(1, events.Count));
        using (JsonEventWriter writer = new(lines))
        {
            foreach (SubmittedEvent e in events) writer.Write(e);
        }

        return SendAsync(lines.WrittenMemory, cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Sends lines that were written once; every try carries the same bytes and the same name.</summary>
    internal async Task<IReadOnlyList<EventVerdict>> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        string name = Guid.CreateVersion7().ToString();
        HttpResponseMessage response;
        try
        {
            response = await _tries.ExecuteAsync(async token => await _http.SendAsync(Request(name, lines), token), cancel);
        }
        catch (Exception e) when (e is HttpRequestException or Polly.Timeout.TimeoutRejectedException)
        {
            throw new LedgerRequestException($"unreachable: {_options.Address} did not answer; the same events may be submitted again", e);
        }

        using (response)
        {
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancel);
            if (response.StatusCode == HttpStatusCode.OK) return JsonSerializer.Deserialize<Answer>(answer, Json)!.Items;
            throw ProblemOf(response.StatusCode, answer);
        }
    }

    private static bool IsWorthAnotherTry(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or Polly.Timeout.TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError } => true,
        _ => false,
    };

    private static LedgerRequestException ProblemOf(HttpStatusCode status, byte[] answer)
    {
        try
        {
            Problem problem = JsonSerializer.Deserialize<Problem>(answer, Json)!;
            return new LedgerRequestException(problem.Code, problem.Detail);
        }
        catch (JsonException)
        {
            return new LedgerRequestException("request-failed", $"HTTP status {(int)status} without a problem; is there a ledger at this address?");
        }
    }

    private HttpRequestMessage Request(string name, ReadOnlyMemory<byte> lines)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/events") { Content = new ReadOnlyMemoryContent(lines) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (_options.SigningSecret is { } secret)
        {
            string timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add("webhook-id", name);
            request.Headers.Add("webhook-timestamp", timestamp);
            request.Headers.Add("webhook-signature", Sign(secret, name, timestamp, lines.Span));
        }
        else
        {
            request.Headers.Add("Idempotency-Key", name);
        }

        return request;
    }

    private static string Sign(string secret, string name, string timestamp, ReadOnlySpan<byte> body)
    {
        const string Prefix = "whsec_";
        byte[] key = Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret);
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{name}.{timestamp}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    private sealed record Answer(IReadOnlyList<EventVerdict> Items);

    private sealed record Problem(string Code, string Detail);
}
