using System.Globalization;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.Core.Merkle;

namespace Ledger.Tests.ChainBridge.Model;

/// <summary>What can go wrong between settlement and a node, and in the process itself.</summary>
public enum Fault
{
    TimeoutBefore,
    TimeoutAfterAccept,
    DuplicateSend,
    LostReceipt,
    StaleLatest,
    MadeUpLatest,
    WrongChain,
    NodeError,
    NodeRestart,
    DroppedTransactions,
    LeftOutOfBlocks,
    FeeSpike,
    ClockJump,
    Reorganization,
    DeepReorganization,
    CrashBeforeAppend,
    CrashAfterAppend,
    CrashBeforeSend,
    CrashAfterSend,
}

/// <summary>The process dies here; only what is in the journal is left.</summary>
public sealed class CrashException : Exception;

/// <summary>A node's interpreter gone wrong: in front of any node, model or real, it loses, repeats, lies and dies as a seed says.</summary>
public sealed class ScriptedNode(INodeRpc node, Dice random, Dictionary<Fault, int> fired) : INodeRpc
{
    private const int LieStepMax = 40;

    /// <summary>Off, it passes everything on.</summary>
    public bool IsHostile { get; set; } = true;

    /// <summary>Exchanges that are not answered because the node restarts.</summary>
    public int Down { get; set; }

    public async Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default)
    {
        if (!IsHostile) return await node.SendAsync(calls, cancel);
        if (Down > 0)
        {
            Down--;
            throw new RpcFaultException("node-unreachable", "restarting");
        }

        bool isSend = calls[0].Method == "eth_sendRawTransaction";
        if (isSend && Happens(Fault.CrashBeforeSend, 40)) throw new CrashException();
        if (Happens(Fault.TimeoutBefore, 40)) throw new RpcFaultException("node-timeout", "nothing went out");
        IReadOnlyList<RpcReply> replies = await node.SendAsync(calls, cancel);
        if (isSend && Happens(Fault.DuplicateSend, 20)) await node.SendAsync(calls, cancel);
        if (isSend && Happens(Fault.CrashAfterSend, 40)) throw new CrashException();
        if (isSend && Happens(Fault.TimeoutAfterAccept, 5)) throw new RpcFaultException("node-timeout", "the answer was lost");
        return [.. await Task.WhenAll(calls.Select((call, i) => AnswerAsync(call, replies[i])))];
    }

    private async Task<RpcReply> AnswerAsync(RpcCall call, RpcReply reply)
    {
        switch (call.Method)
        {
            case "eth_chainId" when Happens(Fault.WrongChain, 50): return new RpcReply(JsonSerializer.SerializeToElement("0x1"), null);
            case "eth_getTransactionReceipt" when reply.Result.ValueKind == JsonValueKind.Object && Happens(Fault.LostReceipt, 10): return new RpcReply(JsonSerializer.SerializeToElement<object?>(null), null);
            case "eth_getTransactionCount" or "eth_estimateGas" when Happens(Fault.NodeError, 40): return new RpcReply(default, new RpcError(-32_603, "internal error", null));
            case "eth_getBlockByNumber" when call.Parameters[0] is "latest" && Happens(Fault.StaleLatest, 12): return await StaleAsync(reply);
            case "eth_getBlockByNumber" when call.Parameters[0] is "latest" && Happens(Fault.MadeUpLatest, 25): return MadeUp(reply);
            default: return reply;
        }
    }

    private bool Happens(Fault fault, ulong oneIn)
    {
        if (random.Next() % oneIn != 0) return false;
        fired[fault] = fired.GetValueOrDefault(fault) + 1;
        return true;
    }

    private async Task<RpcReply> StaleAsync(RpcReply reply)
    {
        ulong number = Number(reply), older = number - Math.Min(number, random.Next() % LieStepMax);
        return (await node.SendAsync([new RpcCall("eth_getBlockByNumber", Hex(older), false)]))[0];
    }

    private RpcReply MadeUp(RpcReply reply)
    {
        Dictionary<string, JsonElement> block = reply.Result.EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);
        block["number"] = JsonSerializer.SerializeToElement(Hex(Number(reply) + 1 + (random.Next() % LieStepMax)));
        block["hash"] = JsonSerializer.SerializeToElement(new Digest(random.Next(), 1, 2, 3).ToString());
        return new RpcReply(JsonSerializer.SerializeToElement(block), null);
    }

    private static ulong Number(RpcReply reply) => ulong.Parse(reply.Result.GetProperty("number").GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
