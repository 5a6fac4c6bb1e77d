using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>A subscriber gets everything from its position on, once, in order, from history to live without a seam.</summary>
public abstract class SubscribeContract(LogHarness harness) : IAsyncLifetime
{
    private IEventLog _log = null!;

    public async Task InitializeAsync() => _log = await harness.OpenAsync();

    public async Task DisposeAsync() => await harness.DisposeAsync();

    [ContractFact]
    public async Task Subscribers_see_no_gap_and_no_repeat_while_others_write()
    {
        const int Writers = 4;
        const int Batches = 25;
        await _log.AppendAsync(new SampleEvents(100).Take(200));
        long total = 200 + (Writers * Batches * 7);
        Task<List<long>>[] subscribers = [.. new long[] { 0, 150, 200, 500 }.Select(from => Task.Run(() => Collect(from, total)))];
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            SampleEvents sample = new(w);
            for (int i = 0; i < Batches; i++) await _log.AppendAsync(sample.Take(7));
        })));
        List<long>[] seen = await Task.WhenAll(subscribers);
        Assert.Equal(Range(0, total), seen[0]);
        Assert.Equal(Range(150, total), seen[1]);
        Assert.Equal(Range(200, total), seen[2]);
        Assert.Equal(Range(500, total), seen[3]);
    }

    [ContractFact]
    public async Task Who_waits_for_the_head_learns_of_it_when_it_moves()
    {
        using CancellationTokenSource stop = new();
        Task<long> waiting = _log.WaitAboveAsync(0).AsTask();
        Task<long> cancelled = _log.WaitAboveAsync(1_000, stop.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await _log.AppendAsync(new SampleEvents(101).Take(7));
        Assert.Equal(7, await waiting);
        Assert.Equal(7, await _log.WaitAboveAsync(6));
        Assert.False(cancelled.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [ContractFact]
    public async Task Cancelling_ends_a_subscription_that_waits()
    {
        using CancellationTokenSource stop = new();
        Task waiting = Task.Run(async () =>
        {
            await foreach (RecordedEvent e in _log.SubscribeAsync(0, stop.Token)) Assert.Fail("nothing was appended");
        });
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [ContractFact]
    public async Task Closing_the_log_ends_a_subscription_that_waits()
    {
        Task waiting = Task.Run(async () =>
        {
            await foreach (RecordedEvent e in _log.SubscribeAsync(0)) Assert.Fail("nothing was appended");
        });
        await _log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    private static IEnumerable<long> Range(long from, long to) => Enumerable.Range((int)from, (int)(to - from)).Select(i => (long)i);

    private async Task<List<long>> Collect(long from, long to)
    {
        List<long> positions = [];
        await foreach (RecordedEvent e in _log.SubscribeAsync(from))
        {
            positions.Add(e.Position);
            if (e.Position == to - 1) break;
        }

        return positions;
    }
}

public sealed class InMemorySubscribeTests() : SubscribeContract(new InMemoryHarness());

public sealed class EmbeddedSubscribeTests() : SubscribeContract(new EmbeddedHarness());
