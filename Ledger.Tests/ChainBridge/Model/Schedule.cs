using System.Numerics;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Xunit;

namespace Ledger.Tests.ChainBridge.Model;

/// <summary>One seeded life of a settlement against a hostile node and a hostile chain, then healing; and what must be true at its end.</summary>
public sealed class Schedule
{
    private const int HostileRounds = 120;
    private const int HealingRounds = 900;

    private static readonly BigInteger Cap = 60_000_000_000;
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 2).Select(i => PrivateKey.FromBytes(Keccak256.Hash([(byte)i, 0x5e]).ToArray()))];

    private readonly Dice _random;
    private readonly Dictionary<Fault, int> _fired;
    private readonly MemoryJournal _memory;
    private readonly ISettlementJournal _journal;
    private readonly ScriptedNode _node;
    private readonly SettlementStep[] _steps;
    private readonly EngineSettings _settings;
    private readonly int _finalBlocks;

    /// <param name="seed">Everything follows from it.</param>
    /// <param name="fired">Counts the faults.</param>
    /// <param name="mutant">A broken journal in place of the right one, or null.</param>
    public Schedule(ulong seed, Dictionary<Fault, int> fired, MemoryJournal? mutant = null)
    {
        Seed = seed;
        _random = new Dice(seed);
        _fired = fired;
        _finalBlocks = (int[])[4, 8, 16, 66] is var depths ? depths[_random.Next() % 4] : 0;
        Chain = new ModelChain();
        for (int i = 0; i < _finalBlocks + 2; i++) Chain.Mine();
        _memory = mutant ?? new MemoryJournal();
        _journal = new DyingJournal(_memory, fault => _node!.IsHostile && Happens(fault, 30));
        _node = new ScriptedNode(Chain, _random, fired);
        _settings = new EngineSettings(ModelChain.ChainId, new FeePolicy { Cap = Cap, Tip = 1_000_000_000, PatienceBlocks = 2 }, new FinalityPolicy(1, _finalBlocks, UseFinalizedTag: false));
        _steps =
        [
            Step("propose", Keys[0]),
            Step("batch-1.propose", Keys[0]),
            Step("approve", Keys[1], "propose"),
            Step("batch-1", Keys[1], "approve", "batch-1.propose"),
        ];
    }

    public ulong Seed { get; }

    public ModelChain Chain { get; }

    public MemoryJournal Journal => _memory;

    /// <summary>Lives through the schedule and checks everything.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">A promise was broken; says the seed.</exception>
    public async Task RunAsync()
    {
        SettlementEngine? engine = null;
        Round last = default;
        for (int round = 0; round < HostileRounds; round++)
        {
            WorldMoves();
            (engine, last) = await RoundAsync(engine);
            if (last.Result == RoundResult.Halted) break;
        }

        _node.IsHostile = false;
        Chain.BaseFee = 1_000_000_000;
        for (int round = 0; round < HealingRounds && last.Result is not (RoundResult.Done or RoundResult.Halted); round++)
        {
            Chain.Mine();
            (engine, last) = await RoundAsync(engine);
        }

        Assert.True(last.Result == RoundResult.Done, $"seed {Seed}: {last.Result} {last.Why} {last.Detail}");
        Digest[] payments = [.. Chain.Payments];
        foreach (SettlementStep step in _steps)
            Assert.True(payments.Count(p => p == What(step.Batch)) == 1, $"seed {Seed}: {step.Batch} was paid {payments.Count(p => p == What(step.Batch))} times");
        Assert.True(Chain.Seen.TrueForAll(t => t.Transaction.MaxFeePerGas <= Cap), $"seed {Seed}: a fee is above the cap");
        Assert.All(_memory.Events.OfType<SettlementSigned>(), s => Assert.True(FeeMarketTransaction.Decode(s.Raw).Transaction.MaxFeePerGas <= Cap));
    }

    private static Digest What(string batch) => Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(batch));

    private static SettlementStep Step(string batch, PrivateKey key, params string[] after) =>
        new(batch, new KeySigner(key), after, _ => Task.FromResult(new StepCall(ModelChain.Payer, ModelChain.Pay(What(batch)))));

    private async Task<(SettlementEngine? Engine, Round Round)> RoundAsync(SettlementEngine? engine)
    {
        try
        {
            engine ??= await SettlementEngine.OpenAsync(_journal, new ChainNode(_node), _settings, _steps);
            return (engine, await engine.RoundAsync());
        }
        catch (CrashException)
        {
            return (null, default);
        }
    }

    private void WorldMoves()
    {
        if (Happens(Fault.FeeSpike, 12)) Chain.BaseFee = 1_000_000_000 * (BigInteger)(1 + (_random.Next() % 200));
        else if (_random.Next() % 3 == 0) Chain.BaseFee = BigInteger.Max(1_000_000_000, Chain.BaseFee * 3 / 4);
        if (Happens(Fault.ClockJump, 20)) Chain.ClockJump = (long)(_random.Next() % 200_000) - 100_000;
        if (Chain.Waiting > 0 && Happens(Fault.DroppedTransactions, 8)) Chain.Forget(_ => _random.Next() % 2 == 0);
        if (Happens(Fault.NodeRestart, 25))
        {
            Chain.Forget(_ => true);
            _node.Down = (int)(_random.Next() % 10);
        }

        if (Happens(Fault.Reorganization, 12)) Chain.Reorganize(Depth(Math.Min(6, _finalBlocks - 1)), _ => _random.Next() % 3 != 0);
        if (_finalBlocks > 64 && Happens(Fault.DeepReorganization, 40)) Chain.Reorganize(Depth(64), _ => _random.Next() % 3 != 0);
        for (ulong blocks = _random.Next() % 3; blocks > 0; blocks--)
        {
            bool hides = Chain.Waiting > 0 && Happens(Fault.LeftOutOfBlocks, 4);
            Chain.Mine(hides ? _ => _random.Next() % 2 == 0 : null);
        }
    }

    private int Depth(int max) => 1 + (int)(_random.Next() % (ulong)max);

    private bool Happens(Fault fault, ulong oneIn)
    {
        if (_random.Next() % oneIn != 0) return false;
        _fired[fault] = _fired.GetValueOrDefault(fault) + 1;
        return true;
    }
}
