using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>The protocol's streams: append, read, subscribe. Deleting is refused: the history is immutable.</summary>
internal sealed class StreamsService(IStreamStore store, ICallers callers, TimeProvider clock) : Streams.StreamsBase
{
    public override async Task<AppendResponse> Append(IAsyncStreamReader<AppendRequest> requestStream, ServerCallContext context)
    {
        await RequireAsync(CallerRights.Append, context);
        return await AppendCall.RunAsync(store, requestStream, context.CancellationToken);
    }

    public override async Task BatchAppend(IAsyncStreamReader<BatchAppendRequest> requestStream, IServerStreamWriter<BatchAppendResponse> responseStream, ServerCallContext context)
    {
        await RequireAsync(CallerRights.Append, context);
        await new BatchAppendCall(store, clock, responseStream).RunAsync(requestStream, context.CancellationToken);
    }

    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        await RequireAsync(CallerRights.Read, context);
        ReadPlan plan = ReadPlan.Of(request.Options ?? new ReadOptions());
        ResponseWriter responses = new(responseStream, plan.StructuredIds);
        await (plan.Count is null
            ? new SubscriptionCall(store, plan, responses).RunAsync(context.CancellationToken)
            : new ReadCall(store, plan, responses).RunAsync(context.CancellationToken));
    }

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => RefuseAsync(context);

    public override Task<DeleteResponse> Tombstone(DeleteRequest request, ServerCallContext context) => RefuseAsync(context);

    private async Task<DeleteResponse> RefuseAsync(ServerCallContext context)
    {
        await RequireAsync(CallerRights.Append, context);
        throw StreamErrors.Immutable();
    }

    private async ValueTask RequireAsync(CallerRights needed, ServerCallContext context)
    {
        CallerRights rights = await callers.RightsAsync(context.RequestHeaders.GetValue("authorization"), context.CancellationToken);
        if ((rights & needed) != needed)
            throw StreamErrors.AccessDenied(rights == CallerRights.None ? "an API key is needed: as the password of the user that the connection string names" : $"the API key may not {(needed == CallerRights.Append ? "append" : "read")}");
    }
}
