using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>How patient a client is with its node.</summary>
public sealed record RpcPatience
{
    /// <summary>How long one exchange may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a read is asked again.</summary>
    public int RetryMax { get; init; } = 3;

    /// <summary>The first pause between two tries; it doubles.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>A node behind Polly: every exchange has a time-out, reads are asked again, and a node that keeps failing is left alone for a while.</summary>
/// <remarks>
/// What changes something is never repeated here: after a lost answer nobody knows whether it was done, and finding out is settlement's
/// business, which has it in the log.
/// </remarks>
internal sealed class ResilientNode : INodeRpc, IDisposable
{
    private readonly INodeRpc _node;
    private readonly IDisposable? _owned;
    private readonly ResiliencePipeline _reads;
    private readonly ResiliencePipeline _writes;

    public ResilientNode(INodeRpc node, RpcPatience patience, TimeProvider clock, IDisposable? owned = null)
    {
        (_node, _owned) = (node, owned);
        PredicateBuilder<object> faults = new PredicateBuilder().Handle<RpcFaultException>().Handle<TimeoutRejectedException>();
        CircuitBreakerStrategyOptions breaker = new() { ShouldHandle = faults, MinimumThroughput = 10, FailureRatio = 0.9, BreakDuration = TimeSpan.FromSeconds(5) };
        TimeoutStrategyOptions timeout = new() { Timeout = patience.Timeout };
        ResiliencePipelineBuilder reads = new() { TimeProvider = clock }, writes = new() { TimeProvider = clock };
        if (patience.RetryMax > 0)
            reads.AddRetry(new RetryStrategyOptions { ShouldHandle = faults, MaxRetryAttempts = patience.RetryMax, Delay = patience.Pause, BackoffType = DelayBackoffType.Exponential });
        _reads = reads.AddCircuitBreaker(breaker).AddTimeout(timeout).Build();
        _writes = writes.AddTimeout(timeout).Build();
    }

    /// <summary>A node by its address: <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>.</summary>
    /// <exception cref="FormatException"><c>node-address</c>.</exception>
    public static ResilientNode Connect(Uri node, RpcPatience patience, TimeProvider clock)
    {
        IRpcTransport transport = node.Scheme switch
        {
            "http" or "https" => new HttpRpcTransport(node),
            "ws" or "wss" => new WebSocketRpcTransport(node),
            _ => throw new FormatException($"node-address: {node.Scheme} is no way to a node; use http, https, ws or wss"),
        };
        return new ResilientNode(new JsonRpcClient(transport), patience, clock, transport);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default)
    {
        ResiliencePipeline pipeline = calls.All(c => c.IsRead) ? _reads : _writes;
        try
        {
            return await pipeline.ExecuteAsync(async token => await _node.SendAsync(calls, token), cancel);
        }
        catch (TimeoutRejectedException e)
        {
            throw new RpcFaultException("node-timeout", "the node did not answer in time; whether it did what it was asked is unknown until the chain shows it", e);
        }
        catch (BrokenCircuitException e)
        {
            throw new RpcFaultException("node-unreachable", "the node failed again and again and is left alone for five seconds; check that it runs", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();
}
