using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>One <c>Read</c> call, a read that ends or a subscription: its events are taken where they lie in the bytes that came.</summary>
/// <remarks>
/// The one call that is made without the gRPC library, which hands over message by message and makes objects for each: decision 0094. Not for several threads
/// at once.
/// </remarks>
internal sealed class ReadCall : IDisposable
{
    /// <summary>Where a node takes the call.</summary>
    public const string Path = "/event_store.client.streams.Streams/Read";
    private const string MediaType = "application/grpc";

    private readonly HttpClient _http;
    private readonly HttpRequestMessage _request;
    private readonly CancellationTokenSource _end;
    private HttpResponseMessage? _response;
    private MessageFrames? _frames;
    private ReadMessage _current;

    /// <param name="http">How to get there.</param>
    /// <param name="node">The node's address.</param>
    /// <param name="headers">What every call says.</param>
    /// <param name="options">What is read.</param>
    /// <param name="end">Ends the call; disposed of with it.</param>
    public ReadCall(HttpClient http, Uri node, Metadata headers, ReadOptions options, CancellationTokenSource end) =>
        (_http, _request, _end) = (http, Request(node, headers, options), end);

    /// <summary>The event that <see cref="NextAsync"/> went to; good until it goes on.</summary>
    public ref readonly ReadMessage Current => ref _current;

    /// <summary>The call as HTTP sends it.</summary>
    /// <param name="node">The node's address.</param>
    /// <param name="headers">What every call says.</param>
    /// <param name="options">What is read.</param>
    public static HttpRequestMessage Request(Uri node, Metadata headers, ReadOptions options)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(node, Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(MessageFrames.Of(new ReadRequest { Options = options })) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType) } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (Metadata.Entry header in headers) request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return request;
    }

    /// <summary>Goes to the next event; false at the call's end. What else a server says of itself is passed over.</summary>
    /// <exception cref="RpcException">The node refuses, the call ends otherwise than well, or what comes is no answer.</exception>
    /// <exception cref="HttpRequestException">The node does not answer.</exception>
    public ValueTask<bool> NextAsync() => TryTake() ? ValueTask.FromResult(true) : MoreAsync();

    public void Dispose()
    {
        _response?.Dispose();
        _request.Dispose();
        _frames?.Dispose();
        _end.Dispose();
    }

    private static StatusCode Meaning(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>Looks at how the call ended, which stands behind the messages, or among the headers when there are none.</summary>
    private static void RequireOk(HttpHeaders trailers)
    {
        if (!int.TryParse(Text(trailers, WireNames.StatusTrailer), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            throw new RpcException(new Status(StatusCode.Unavailable, "the node's answer ends without a status"));
        if (code == (int)StatusCode.OK) return;
        Metadata told = [];
        foreach (string name in WireNames.ErrorTrailers)
        {
            if (Text(trailers, name) is { } value) told.Add(name, value);
        }

        throw new RpcException(new Status((StatusCode)code, Uri.UnescapeDataString(Text(trailers, WireNames.MessageTrailer) ?? "")), told);
    }

    private static string? Text(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    private async ValueTask<bool> MoreAsync()
    {
        _frames ??= new MessageFrames(await StartAsync());
        while (await _frames.FillAsync(_end.Token))
        {
            if (TryTake()) return true;
        }

        if (!_response!.Headers.NonValidated.Contains(WireNames.StatusTrailer)) RequireOk(_response.TrailingHeaders);
        return false;
    }

    private async ValueTask<Stream> StartAsync()
    {
        _response = await _http.SendAsync(_request, HttpCompletionOption.ResponseHeadersRead, _end.Token);
        if (_response.StatusCode != HttpStatusCode.OK) throw new RpcException(new Status(Meaning(_response.StatusCode), $"the node answers HTTP {(int)_response.StatusCode}"));
        if (_response.Headers.NonValidated.Contains(WireNames.StatusTrailer)) RequireOk(_response.Headers);
        return await _response.Content.ReadAsStreamAsync(_end.Token);
    }

    private bool TryTake()
    {
        try
        {
            while (_frames?.TryTake(out ReadOnlyMemory<byte> message) == true)
            {
                if (!ReadMessage.TryRead(message, out _current)) continue;
                return _current.Revision >= 0 ? true : throw new InvalidDataException("a revision that no stream reaches");
            }

            return false;
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"the node's message cannot be read: {e.Message}", e));
        }
    }
}
