using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Tests.ChainBridge.Model;

/// <summary>A block of the model: its header and the transactions in it.</summary>
public sealed record ModelBlock(ulong Number, Digest Hash, Digest Parent, ulong Timestamp, BigInteger BaseFee, IReadOnlyList<SignedTransaction> Transactions);

/// <summary>
/// An EVM chain as settlement sees one: nonces, fees, a pool, forks, and one contract that pays whenever it is called. The contract does not
/// look whether it paid the same before, so that whatever is paid twice is settlement's fault.
/// </summary>
public sealed class ModelChain : INodeRpc
{
    public const ulong ChainId = 31_337;

    public static readonly WalletAddress Payer = new(0x9a7e, 1);

    private const int ReplacementPercent = 110;

    private readonly List<ModelBlock> _blocks = [];
    private readonly SortedDictionary<(WalletAddress Sender, ulong Nonce), SignedTransaction> _pool = new(Comparer<(WalletAddress Sender, ulong Nonce)>.Create((a, b) =>
        a.Sender.High16 != b.Sender.High16 ? a.Sender.High16.CompareTo(b.Sender.High16) : a.Sender.Low4 != b.Sender.Low4 ? a.Sender.Low4.CompareTo(b.Sender.Low4) : a.Nonce.CompareTo(b.Nonce)));

    private ulong _salt;

    public ModelChain() => _blocks.Add(new ModelBlock(0, Digest.Zero, Digest.Zero, 1_700_000_000, BaseFee, []));

    public BigInteger BaseFee { get; set; } = 1_000_000_000;

    /// <summary>Seconds that the next block's time is away from the usual twelve.</summary>
    public long ClockJump { get; set; }

    /// <summary>Calls that revert, by what they pay.</summary>
    public HashSet<Digest> Reverting { get; } = [];

    public ModelBlock Head => _blocks[^1];

    /// <summary>What the node calls finalized; null as long as it calls nothing so.</summary>
    public ModelBlock? Finalized { get; set; }

    public int Waiting => _pool.Count;

    /// <summary>Everything that was ever handed in, so that what was paid for it can be looked at.</summary>
    public List<SignedTransaction> Seen { get; } = [];

    /// <summary>What the contract paid on the chain as it stands, in order.</summary>
    public IEnumerable<Digest> Payments => _blocks.SelectMany(b => b.Transactions).Where(Succeeds).Select(PaymentOf);

    /// <summary>A call of the contract that pays something.</summary>
    public static byte[] Pay(Digest what) => [0xca, 0x11, 0xab, 0x1e, .. what.ToArray()];

    /// <summary>Adds a block with what the pool holds and the base fee allows.</summary>
    /// <param name="skip">Transactions that this block's maker leaves out.</param>
    public void Mine(Func<SignedTransaction, bool>? skip = null)
    {
        List<SignedTransaction> taken = [];
        foreach (((WalletAddress sender, ulong nonce), SignedTransaction transaction) in _pool.ToArray())
        {
            ulong next = CountOf(sender, Head.Number) + (ulong)taken.Count(t => t.Sender == sender);
            if (nonce < next) _pool.Remove((sender, nonce));
            if (nonce != next || transaction.Transaction.MaxFeePerGas < BaseFee || skip?.Invoke(transaction) == true) continue;
            taken.Add(transaction);
            _pool.Remove((sender, nonce));
        }

        Add(taken);
    }

    /// <summary>Replaces the last blocks by others, one more than they were.</summary>
    /// <param name="depth">How many blocks leave.</param>
    /// <param name="back">Which of their transactions go back to the pool; the others are lost.</param>
    public void Reorganize(int depth, Func<SignedTransaction, bool> back)
    {
        int kept = Math.Max(1, _blocks.Count - depth);
        List<ModelBlock> left = _blocks[kept..];
        _blocks.RemoveRange(kept, left.Count);
        foreach (SignedTransaction transaction in left.SelectMany(b => b.Transactions).Where(back)) _pool[(transaction.Sender, transaction.Transaction.Nonce)] = transaction;
        for (int i = 0; i <= left.Count; i++) Mine(_ => i < left.Count / 2);
    }

    /// <summary>The node forgets transactions that wait.</summary>
    public int Forget(Func<SignedTransaction, bool> which)
    {
        (WalletAddress, ulong)[] gone = [.. _pool.Where(p => which(p.Value)).Select(p => p.Key)];
        foreach ((WalletAddress, ulong) key in gone) _pool.Remove(key);
        return gone.Length;
    }

    public Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<RpcReply>>([.. calls.Select(Answer)]);

    private static Digest PaymentOf(SignedTransaction transaction) => Digest.FromBytes(transaction.Transaction.Data.Span[4..]);

    private bool Succeeds(SignedTransaction transaction) => transaction.Transaction.To == Payer && transaction.Transaction.Data.Length == 36 && !Reverting.Contains(PaymentOf(transaction));

    private void Add(IReadOnlyList<SignedTransaction> transactions)
    {
        Span<byte> preimage = stackalloc byte[48];
        Head.Hash.WriteTo(preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[32..], Head.Number + 1);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[40..], ++_salt);
        ulong timestamp = (ulong)Math.Max((long)Head.Timestamp + 1, (long)Head.Timestamp + 12 + ClockJump);
        ClockJump = 0;
        _blocks.Add(new ModelBlock(Head.Number + 1, Keccak256.Hash(preimage), Head.Hash, timestamp, BaseFee, transactions));
    }

    private ulong CountOf(WalletAddress sender, ulong block) => (ulong)_blocks.Take((int)block + 1).Sum(b => b.Transactions.Count(t => t.Sender == sender));

    private RpcReply Answer(RpcCall call) => call.Method switch
    {
        "eth_chainId" => Result(Hex(ChainId)),
        "eth_getBlockByNumber" => Result(BlockOf((string)call.Parameters[0]!) is { } block ? Json(block, call.Parameters[1] is true) : null),
        "eth_getTransactionCount" => BlockOf((string)call.Parameters[1]!) is { } at ? Result(Hex(CountOf(Address(call, 0), at.Number))) : Refused("unknown block"),
        "eth_getTransactionReceipt" => Result(Receipt(Digest.Parse((string)call.Parameters[0]!))),
        "eth_getTransactionByHash" => Result(Knows(Digest.Parse((string)call.Parameters[0]!)) ? new { hash = call.Parameters[0] } : null),
        "eth_call" => Result("0x"),
        "eth_estimateGas" => Result(Hex(60_000)),
        "eth_sendRawTransaction" => Take(Convert.FromHexString(((string)call.Parameters[0]!).AsSpan(2))),
        _ => Refused($"the method {call.Method} does not exist"),
    };

    private RpcReply Take(byte[] raw)
    {
        SignedTransaction transaction = FeeMarketTransaction.Decode(raw);
        (WalletAddress, ulong Nonce) key = (transaction.Sender, transaction.Transaction.Nonce);
        if (Knows(transaction.Hash)) return Refused("already known");
        if (key.Nonce < CountOf(transaction.Sender, Head.Number)) return Refused("nonce too low");
        if (_pool.TryGetValue(key, out SignedTransaction? waiting)
            && (transaction.Transaction.MaxFeePerGas * 100 < waiting.Transaction.MaxFeePerGas * ReplacementPercent
                || transaction.Transaction.MaxPriorityFeePerGas * 100 < waiting.Transaction.MaxPriorityFeePerGas * ReplacementPercent))
            return Refused("replacement transaction underpriced");
        Seen.Add(transaction);
        _pool[key] = transaction;
        return Result(transaction.Hash.ToString());
    }

    private bool Knows(Digest hash) => _pool.Values.Any(t => t.Hash == hash) || _blocks.Any(b => b.Transactions.Any(t => t.Hash == hash));

    private ModelBlock? BlockOf(string name) => name switch
    {
        "latest" => Head,
        "finalized" => Finalized,
        _ => ulong.Parse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var number && number < (ulong)_blocks.Count ? _blocks[(int)number] : null,
    };

    private static object Json(ModelBlock block, bool full) => new
    {
        number = Hex(block.Number),
        hash = block.Hash.ToString(),
        parentHash = block.Parent.ToString(),
        timestamp = Hex(block.Timestamp),
        baseFeePerGas = "0x" + block.BaseFee.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'),
        transactions = full ? block.Transactions.Select(t => (object)new { hash = t.Hash.ToString(), from = t.Sender.ToString(), nonce = Hex(t.Transaction.Nonce) }).ToArray() : [],
    };

    private object? Receipt(Digest hash)
    {
        ModelBlock? block = _blocks.Find(b => b.Transactions.Any(t => t.Hash == hash));
        if (block is null) return null;
        SignedTransaction transaction = block.Transactions.First(t => t.Hash == hash);
        return new
        {
            transactionHash = hash.ToString(),
            blockNumber = Hex(block.Number),
            blockHash = block.Hash.ToString(),
            status = Succeeds(transaction) || transaction.Transaction.Data.IsEmpty ? "0x1" : "0x0",
            gasUsed = Hex(50_000),
            effectiveGasPrice = Hex(1),
            logs = Array.Empty<object>(),
        };
    }

    private static WalletAddress Address(RpcCall call, int index) => WalletAddress.TryParse((string)call.Parameters[index]!, out WalletAddress address) ? address : throw new FormatException("address");

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static RpcReply Result(object? value) => new(JsonSerializer.SerializeToElement(value), null);

    private static RpcReply Refused(string message) => new(default, new RpcError(-32_000, message, null));
}
