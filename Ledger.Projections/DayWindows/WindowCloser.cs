using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Brings a state forward along the log, closing every window at its seal.</summary>
/// <remarks>Nothing is written: what comes out is what a close should record, or what an audit compares the record with.</remarks>
public sealed class WindowCloser(IWindowFold fold, IEventLog log)
{
    /// <summary>Applies everything up to a position, or up to a seal whose window waits for its draw seed or for others' parts. When it is stopped, calling it again goes on where it stopped.</summary>
    /// <param name="state">What to bring forward.</param>
    /// <param name="to">Where to stop, exclusive.</param>
    /// <param name="closed">Told of each close, in log order, before anything behind its seal is applied.</param>
    /// <param name="seen">Told of each event that is not columnar, after it was applied, and of what became of its tokens.</param>
    /// <param name="progress">Told how far a fold is.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Which window's parts it stopped for; null when it did not.</returns>
    public async Task<Gathering?> AdvanceAsync(
        LedgerState state, long to, Action<ClosedWindow>? closed, Action<RecordedEvent, MoneyOutcome>? seen, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        Gathering? gathering = null;
        if (state.Pending is not null && !await ClosePendingAsync().ConfigureAwait(false)) return gathering;
        await foreach (IReadOnlyList<RecordedEvent> rows in RowsAhead.ReadAsync(log, state.Position, to, cancel).ConfigureAwait(false))
        {
            foreach (RecordedEvent row in rows)
            {
                MoneyOutcome outcome = state.Apply(row);
                seen?.Invoke(row, outcome);
                if (state.Pending is not null && !await ClosePendingAsync().ConfigureAwait(false)) return gathering;
            }
        }

        state.PassTo(to);
        return null;

        // Nothing behind a seal is applied before its window is closed, so a window that waits holds the state there.
        async Task<bool> ClosePendingAsync()
        {
            (Day pending, long sealedAt) = state.Pending!.Value;
            if (state.PendingDraws && await SeedOfAsync(pending, cancel).ConfigureAwait(false) is null) return false;
            gathering = await fold.GatheringAsync(pending, sealedAt, cancel).ConfigureAwait(false);
            if (gathering is not null) return false;
            ClosedWindow window = await CloseAsync(state, progress, cancel).ConfigureAwait(false);
            closed?.Invoke(window);
            return true;
        }
    }

    /// <summary>Folds the sealed window and applies the rules; the state is then the one behind the close.</summary>
    public async Task<ClosedWindow> CloseAsync(LedgerState state, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        FoldContext context = state.ContextOfPending();
        (Day window, long sealedAt) = (context.Window, context.SealedAt);
        OpenWindow open = state.Open[window];
        IProgress<int>? folded = progress is null ? null : new Relay(progress, window);
        ContributionSheet sheet = await fold.FoldAsync(context, folded, cancel).ConfigureAwait(false);
        Digest logRoot = await log.LogRootAsync(sealedAt, cancel).ConfigureAwait(false);
        Digest? seed = state.PendingDraws ? await SeedOfAsync(window, cancel).ConfigureAwait(false) : null;
        progress?.Report(new LedgerProgress("rules", window, 0));
        (WindowResult result, Digest journal, Digest next, Digest root) = state.ClosePending(sheet, seed);
        WindowClosed facts = new()
        {
            Window = window,
            SealedAt = sealedAt,
            LogRoot = logRoot,
            RulesetHash = open.Ruleset.Hash,
            RuleCodeVersion = WindowRules.CodeVersion,
            Verdicts = sheet.Verdicts,
            Metrics = sheet.Metrics,
            References = result.Pool.References,
            Index = result.Pool.Index.Raw,
            Elasticity = result.Pool.Elasticity.Raw,
            FundBefore = result.FundBefore,
            TopUps = result.TopUps,
            Pool = result.Pool.Pool,
            PoaPool = result.Pool.PoaPool,
            PocPool = result.Pool.PocPool,
            PoaPaid = result.Poa.Total,
            PocPaid = result.Poc.Total,
            Returned = result.Returned,
            SheetDigest = result.Statement.Source.SheetDigest,
            JournalDigest = journal,
            StateDigest = next,
        };
        progress?.Report(new LedgerProgress("done", window, 1000));
        return new ClosedWindow(window, open, context, sheet, facts, result, root);
    }

    /// <summary>The id of a window's draw seed: one per window, whoever records it.</summary>
    internal static EventId SeedId(Day window) => EventId.Derive("draw-seeded", window.ToString());

    private async Task<Digest?> SeedOfAsync(Day window, CancellationToken cancel) =>
        (await log.FindAsync(SeedId(window), cancel).ConfigureAwait(false))?.Payload is DrawSeeded seeded ? seeded.BlockHash : null;

    // Progress<T> would post to a synchronization context; this reports at once and in order.
    private sealed class Relay(IProgress<LedgerProgress> to, Day window) : IProgress<int>
    {
        private int _last = -1;

        public void Report(int value)
        {
            if (value == _last) return;
            _last = value;
            to.Report(new LedgerProgress("fold", window, value));
        }
    }
}
