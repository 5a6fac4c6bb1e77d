using Grpc.Core;
using Grpc.Core.Interceptors;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Api.EventStore;

/// <summary>Translates the log's faults, once, into statuses that clients act on: <c>UNAVAILABLE</c> is tried again.</summary>
internal sealed class FaultInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (IsKnown(e, context))
        {
            throw Translated(e);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when (IsKnown(e, context))
        {
            throw Translated(e);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (IsKnown(e, context))
        {
            throw Translated(e);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (IsKnown(e, context))
        {
            throw Translated(e);
        }
    }

    private static bool IsKnown(Exception e, ServerCallContext context) =>
        e is LogFaultException or ObjectDisposedException || (e is OperationCanceledException or IOException && context.CancellationToken.IsCancellationRequested);

    private static RpcException Translated(Exception e) => e switch
    {
        LogFaultException fault => new RpcException(new Status(StatusCode.Unavailable, fault.Message)),
        ObjectDisposedException => new RpcException(new Status(StatusCode.Unavailable, "shutting-down: the server is stopping; connect again")),
        _ => new RpcException(new Status(StatusCode.Cancelled, "the call was cancelled")),
    };
}
