using Grpc.Core;
using Ledger.Host.Security;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>The protocol's streams: append, read, subscribe. Deleting is refused: the history is immutable.</summary>
internal sealed class StreamsService(IStreamStore store, TimeProvider clock) : Streams.StreamsBase
{
    public override Task<AppendResponse> Append(IAsyncStreamReader<AppendRequest> requestStream, ServerCallContext context) =>
        AppendCall.RunAsync(Appender(context), requestStream, context.CancellationToken);

    public override Task BatchAppend(IAsyncStreamReader<BatchAppendRequest> requestStream, IServerStreamWriter<BatchAppendResponse> responseStream, ServerCallContext context) =>
        new BatchAppendCall(Appender(context), clock, responseStream).RunAsync(requestStream, context.CancellationToken);

    public override Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        ReadPlan plan = ReadPlan.Of(request.Options ?? new ReadOptions());
        ResponseWriter responses = new(responseStream, plan.StructuredIds);
        return plan.Count is null
            ? new SubscriptionCall(store, plan, responses).RunAsync(context.CancellationToken)
            : new ReadCall(store, plan, responses).RunAsync(context.CancellationToken);
    }

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => throw StreamErrors.Immutable();

    public override Task<DeleteResponse> Tombstone(DeleteRequest request, ServerCallContext context) => throw StreamErrors.Immutable();

    private Appender Appender(ServerCallContext context) => new(store, context.GetHttpContext().Caller());
}
