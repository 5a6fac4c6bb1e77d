using Ledger.Core.Events;
using Ledger.Tests.ChainBridge.Model;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>
/// Guaranteed: whatever node, chain and process do, every step of a settlement has its effect exactly once, everything settles after healing,
/// and no fee passes the cap. The model's contract pays as often as it is asked, so that nobody but settlement can keep the promise.
/// </summary>
public sealed class SettlementScheduleTests
{
    private const int Schedules = 2_000;

    [Fact]
    public async Task Two_thousand_schedules_of_faults_pay_everything_once_within_the_cap()
    {
        Dictionary<Fault, int>[] fired = [new(), new()];
        await Task.WhenAll(fired.Select((own, worker) => Task.Run(async () =>
        {
            for (int i = worker; i < Schedules * Soak.Factor; i += fired.Length) await new Schedule((ulong)i + 1, own).RunAsync();
        })));
        foreach (Fault fault in Enum.GetValues<Fault>()) Assert.True(fired.Sum(f => f.GetValueOrDefault(fault)) > 0, $"the fault {fault} never happened");
    }

    [Fact]
    public async Task Mutant_that_drops_the_nonce_guard_pays_twice() => await DiesAsync(() => new ForgettingJournal());

    [Fact]
    public async Task Mutant_that_persists_after_sending_pays_twice() => await DiesAsync(() => new LateJournal());

    /// <summary>Among a hundred schedules one at least must break a promise, and say which.</summary>
    private static async Task DiesAsync(Func<MemoryJournal> mutant)
    {
        List<string> broken = [];
        for (ulong seed = 1; seed <= 100 && broken.Count == 0; seed++)
        {
            try
            {
                await new Schedule(seed, [], mutant()).RunAsync();
            }
            catch (Xunit.Sdk.XunitException e)
            {
                broken.Add(e.Message);
            }
        }

        Assert.Contains(broken, message => message.Contains("was paid", StringComparison.Ordinal));
    }

    /// <summary>A restart does not know of a transaction that is not in a block yet, so it takes a new nonce: the guard is gone.</summary>
    private sealed class ForgettingJournal : MemoryJournal
    {
        public override async IAsyncEnumerable<EventPayload> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
        {
            HashSet<string> mined = [.. Events.OfType<SettlementMined>().Select(m => m.Batch)];
            Events.RemoveAll(e => e is SettlementSigned s ? !mined.Contains(s.Batch) : e is SettlementSubmitted t && !mined.Contains(t.Batch));
            await foreach (EventPayload payload in base.ReadAsync(cancel)) yield return payload;
        }
    }

    /// <summary>What is signed reaches the log only with the next event, after it was sent.</summary>
    private sealed class LateJournal : MemoryJournal
    {
        private readonly List<EventPayload> _late = [];

        public override IAsyncEnumerable<EventPayload> ReadAsync(CancellationToken cancel = default)
        {
            _late.Clear();
            return base.ReadAsync(cancel);
        }

        public override Task AppendAsync(string batch, int count, EventPayload payload, CancellationToken cancel = default)
        {
            if (payload is SettlementSigned)
            {
                _late.Add(payload);
                return Task.CompletedTask;
            }

            Events.AddRange(_late);
            _late.Clear();
            Events.Add(payload);
            return Task.CompletedTask;
        }
    }
}
