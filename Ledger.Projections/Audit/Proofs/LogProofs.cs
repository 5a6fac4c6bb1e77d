using System.Numerics;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts.Proofs;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>Proofs out of any log, against the checkpoint at its head when this was made.</summary>
internal sealed class LogProofs
{
    private readonly IEventLog _log;

    private LogProofs(IEventLog log, LogCheckpoint checkpoint) => (_log, Checkpoint) = (log, checkpoint);

    public LogCheckpoint Checkpoint { get; }

    public static async Task<LogProofs> AtHeadAsync(IEventLog log, CancellationToken cancel)
    {
        long size = log.Head;
        return new LogProofs(log, LogCheckpoint.Of(size, await log.LogRootAsync(size, cancel)));
    }

    /// <summary>An event with its path to the checkpoint.</summary>
    public Task<LoggedEvent> EventAsync(RecordedEvent e, CancellationToken cancel) => EventAsync(_log, e, Checkpoint.Size, cancel);

    /// <summary>An event with its path to the root of any size.</summary>
    public static async Task<LoggedEvent> EventAsync(IEventLog log, RecordedEvent e, long size, CancellationToken cancel) =>
        new(CanonicalBytes.Of(e.Event), e.Position, await log.InclusionProofAsync(e.Position, size, cancel));

    /// <summary>Shows that the checkpoint's log begins with its first <paramref name="oldSize"/> events (1 or more).</summary>
    /// <remarks>
    /// Made of the inclusion path of the old log's last leaf (RFC 9162, section 2.1.4.1 follows the same way). The largest complete subtree
    /// that ends at that leaf has 2^k leaves, k being the trailing zeros of the size; the first k hashes of the path lie inside it, all on
    /// the left. What is above is the proof, after the subtree's own hash, unless that subtree is the whole old log.
    /// </remarks>
    public async Task<IReadOnlyList<Digest>> ConsistencyAsync(long oldSize, CancellationToken cancel)
    {
        if (oldSize == Checkpoint.Size) return [];
        RecordedEvent last = await LastOfAsync(oldSize, cancel);
        IReadOnlyList<Digest> path = await _log.InclusionProofAsync(oldSize - 1, Checkpoint.Size, cancel);
        int inside = BitOperations.TrailingZeroCount(oldSize);
        if (BitOperations.IsPow2(oldSize)) return [.. path.Skip(inside)];

        Digest subtree = LogHash.Leaf(CanonicalBytes.Of(last.Event));
        foreach (Digest left in path.Take(inside)) subtree = LogHash.Node(left, subtree);
        return [subtree, .. path.Skip(inside)];
    }

    private async Task<RecordedEvent> LastOfAsync(long size, CancellationToken cancel)
    {
        await foreach (RecordedEvent e in _log.ReadAllAsync(size, ReadDirection.Backwards, cancel)) return e;
        throw new LogFaultException("log-short", $"the log has no event at position {size - 1}, below its head; verify the log");
    }
}
