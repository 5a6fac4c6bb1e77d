using System.Net;
using System.Text;
using Grpc.Core;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>A connection to one node: its methods are known, and one call for batched appends is kept open.</summary>
internal sealed class NodeConnection : IDisposable
{
    private const string StreamsService = "event_store.client.streams.streams";

    private readonly NodeChannel _channel;
    private readonly ConnectionSettings _settings;
    private readonly bool _hasBatchAppend;
    private readonly Streams.StreamsClient _streams;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationToken _end;
    private AsyncDuplexStreamingCall<BatchAppendRequest, BatchAppendResponse>? _batches;

    private NodeConnection(DnsEndPoint endpoint, NodeChannel channel, ConnectionSettings settings, bool hasBatchAppend)
    {
        (Endpoint, _channel, _settings, _hasBatchAppend) = (endpoint, channel, settings, hasBatchAppend);
        _streams = new Streams.StreamsClient(channel.Invoker);
        _end = _closed.Token;
    }

    public DnsEndPoint Endpoint { get; }

    /// <exception cref="RpcException">The node does not answer.</exception>
    public static async ValueTask<NodeConnection> OpenAsync(DnsEndPoint endpoint, ConnectionSettings settings, CancellationToken cancel)
    {
        NodeChannel channel = new(endpoint, settings);
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(settings.Deadline);
            bool hasBatchAppend = await HasBatchAppendAsync(channel, settings, limit.Token);
            return new NodeConnection(endpoint, channel, settings, hasBatchAppend);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>A read or a subscription; it ends with this connection.</summary>
    public ReadCall Read(ReadOptions options, CancellationToken cancel) =>
        new(_channel.Http, _channel.Address, Headers(_settings), options, CancellationTokenSource.CreateLinkedTokenSource(cancel, _end));

    /// <summary>Appends to a stream; one append at a time on a connection.</summary>
    /// <returns>Whether the stream was as expected.</returns>
    /// <exception cref="RpcException">The outcome is unknown, or refused for good.</exception>
    public async ValueTask<bool> AppendAsync(string stream, long expectedRevision, IReadOnlyList<ProposedMessage> messages, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closed.Token);
        limit.CancelAfter(_settings.Deadline);
        return _hasBatchAppend
            ? await BatchAppendAsync(stream, expectedRevision, messages, limit.Token)
            : await SingleAppendAsync(stream, expectedRevision, messages, limit.Token);
    }

    public void Dispose()
    {
        _closed.Cancel();
        _batches?.Dispose();
        _channel.Dispose();
        _closed.Dispose();
    }

    private static CallOptions Options(ConnectionSettings settings, CancellationToken cancel) => new(Headers(settings), cancellationToken: cancel);

    private static Metadata Headers(ConnectionSettings settings)
    {
        Metadata headers = new() { { "connection-name", settings.ConnectionName }, { "requires-leader", "true" } };
        if (settings.User is not null)
            headers.Add("authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{settings.Password}")));
        return headers;
    }

    private static async ValueTask<bool> HasBatchAppendAsync(NodeChannel channel, ConnectionSettings settings, CancellationToken cancel)
    {
        try
        {
            SupportedMethods supported = await new ServerFeatures.ServerFeaturesClient(channel.Invoker).GetSupportedMethodsAsync(new Empty(), Options(settings, cancel));
            return supported.Methods.Any(method => method is { Service: StreamsService, Method: "batchappend" });
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return false; // a server older than the question
        }
    }

    private async ValueTask<bool> BatchAppendAsync(string stream, long expectedRevision, IReadOnlyList<ProposedMessage> messages, CancellationToken cancel)
    {
        BatchAppendRequest.Types.Options options = new() { Stream = StreamIdentifier.Of(stream) };
        if (expectedRevision < 0) options.NoStream = new Empty();
        else options.Revision = (ulong)expectedRevision;
        EventId asked = EventId.FromBytes(Guid.NewGuid().ToByteArray());
        _batches ??= _streams.BatchAppend(Options(_settings, _closed.Token));
        try
        {
            await _batches.RequestStream.WriteAsync(new BatchAppendRequest { Correlation = Uuid.TextOf(asked), Options = options, Messages = { messages }, IsFinal = true }, cancel);
        }
        catch (InvalidOperationException)
        {
            // The call is over; reading says why.
        }

        if (!await _batches.ResponseStream.MoveNext(cancel)) throw new RpcException(new Status(StatusCode.Unavailable, "the server ended the batch call"));
        BatchAppendResponse response = _batches.ResponseStream.Current;
        if (response.Correlation?.TryId(out EventId answered) != true || answered != asked) throw new RpcException(new Status(StatusCode.Internal, "the answer is to another append"));
        if (response.ResultCase == BatchAppendResponse.ResultOneofCase.Success) return true;
        return response.Error.Details?.TryUnpack(out WrongExpectedVersion _) == true
            ? false
            : throw new RpcException(new Status((StatusCode)response.Error.Code, response.Error.Message));
    }

    private async ValueTask<bool> SingleAppendAsync(string stream, long expectedRevision, IReadOnlyList<ProposedMessage> messages, CancellationToken cancel)
    {
        ExpectedStream options = new() { Stream = StreamIdentifier.Of(stream) };
        if (expectedRevision < 0) options.NoStream = new Empty();
        else options.Revision = (ulong)expectedRevision;
        using AsyncClientStreamingCall<AppendRequest, AppendResponse> call = _streams.Append(Options(_settings, cancel));
        try
        {
            await call.RequestStream.WriteAsync(new AppendRequest { Options = options }, cancel);
            foreach (ProposedMessage message in messages) await call.RequestStream.WriteAsync(new AppendRequest { Message = message }, cancel);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or RpcException)
        {
            // The server answered before it had read everything; what it said is the response.
        }

        return (await call.ResponseAsync).ResultCase == AppendResponse.ResultOneofCase.Success;
    }
}
