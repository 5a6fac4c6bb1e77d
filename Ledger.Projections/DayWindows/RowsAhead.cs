using System.Threading.Channels;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Reads a log's rows a few blocks ahead of whoever applies them, so that decoding and applying run side by side.</summary>
internal static class RowsAhead
{
    private const int BlocksAheadMax = 4;

    /// <summary>The rows of each block that has any, in order. What the reading throws comes out here.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<RecordedEvent>> ReadAsync(
        IEventLog log, long from, long to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Channel<IReadOnlyList<RecordedEvent>> ahead = Channel.CreateBounded<IReadOnlyList<RecordedEvent>>(
            new BoundedChannelOptions(BlocksAheadMax) { SingleReader = true, SingleWriter = true });
        Task reading = Task.Run(() => FillAsync(log, from, to, ahead.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (IReadOnlyList<RecordedEvent> rows in ahead.Reader.ReadAllAsync(cancel).ConfigureAwait(false)) yield return rows;
        }
        finally
        {
            // Whoever stops early, the reader must have let go of the log before its owner does.
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FillAsync(IEventLog log, long from, long to, ChannelWriter<IReadOnlyList<RecordedEvent>> ahead, CancellationToken cancel)
    {
        try
        {
            foreach (LogBlock block in log.ReadBlocks(from, to, new BlockRequest(Rows: true, Columns: false), cancel))
                await ahead.WriteAsync(block.Rows, cancel).ConfigureAwait(false);
            ahead.Complete();
        }
        catch (Exception e)
        {
            ahead.Complete(e);
        }
    }
}
