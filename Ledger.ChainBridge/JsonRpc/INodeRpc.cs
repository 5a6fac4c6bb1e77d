using System.Text.Json;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>A node that answers JSON-RPC 2.0.</summary>
public interface INodeRpc
{
    /// <summary>Sends calls together and gives their replies in the same order.</summary>
    /// <exception cref="RpcFaultException">The node did not answer, or not as the protocol asks.</exception>
    Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default);
}

/// <summary>One call.</summary>
/// <param name="Method">For example <c>eth_getBlockByNumber</c>.</param>
/// <param name="Parameters">Texts, booleans, null, or dictionaries and lists of them.</param>
public sealed record RpcCall(string Method, params IReadOnlyList<object?> Parameters)
{
    /// <summary>Whether the call asks for something and changes nothing, so that asking again is harmless.</summary>
    public bool IsRead => Method is not ("eth_sendRawTransaction" or "eth_sendTransaction" or "eth_signTransaction");
}

/// <summary>What a node answered to one call: a result or an error.</summary>
/// <param name="Result">The result; JSON null is a result too.</param>
/// <param name="Error">The error; then there is no result.</param>
public sealed record RpcReply(JsonElement Result, RpcError? Error);

/// <summary>An error that a node answered with.</summary>
/// <param name="Code">JSON-RPC's code.</param>
/// <param name="Message">The node's words.</param>
/// <param name="Data">The data of a reverted call, 0x and hexadecimal digits, when there is some.</param>
public sealed record RpcError(int Code, string Message, string? Data);

/// <summary>No usable answer came from a node: whether it did what it was asked is unknown.</summary>
public sealed class RpcFaultException : Exception
{
    public RpcFaultException()
        : this("node-fault", "the node did not answer")
    {
    }

    public RpcFaultException(string message)
        : this("node-fault", message)
    {
    }

    public RpcFaultException(string message, Exception innerException)
        : this("node-fault", message, innerException)
    {
    }

    /// <param name="code">Stable, kebab-case: <c>node-unreachable</c>, <c>node-timeout</c>, <c>node-status</c>, <c>node-malformed</c>.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public RpcFaultException(string code, string message, Exception? innerException = null)
        : base($"{code}: {message}", innerException) => Code = code;

    /// <summary>Stable code.</summary>
    public string Code { get; }
}

/// <summary>A node refused a call that should not be refused.</summary>
public sealed class RpcErrorException : Exception
{
    public RpcErrorException()
        : this("", new RpcError(0, "", null))
    {
    }

    public RpcErrorException(string message)
        : this("", new RpcError(0, message, null))
    {
    }

    public RpcErrorException(string message, Exception innerException)
        : base(message, innerException) => Error = new RpcError(0, message, null);

    /// <param name="method">What was called.</param>
    /// <param name="error">What the node answered.</param>
    public RpcErrorException(string method, RpcError error)
        : base($"node-refused: {method}: {error.Message} ({error.Code}){(error.Data is null ? "" : " " + error.Data)}; check the address, the key and the node's log") => Error = error;

    /// <summary>What the node answered.</summary>
    public RpcError Error { get; }
}
