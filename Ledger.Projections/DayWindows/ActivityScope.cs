using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>What reading a window's activity out of the log needs to know; less than judging it does.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="OpenedAt">Position of its opening.</param>
/// <param name="Names">The log's names.</param>
/// <param name="Retractions">Knows the tips before every position that is read.</param>
/// <param name="UnknownRefund">
/// For reading while the window is open: told of refunds whose tip stands nowhere before them, which may yet come; from several threads.
/// Without it, a refund knows every tip before the position that is read up to.
/// </param>
internal sealed record ActivityScope(Day Window, long OpenedAt, NameTable Names, Retractions Retractions, Action<RecordedEvent>? UnknownRefund = null)
{
    public static ActivityScope Of(FoldContext context) => new(context.Window, context.OpenedAt, context.Directory.Names, context.Retractions);

    /// <summary>What packed events of the window are relative to.</summary>
    public EventFrame Frame() => new(OpenedAt, Window.Start.Value);

    /// <summary>Puts the block's activity rows of the window among its columns, in log order.</summary>
    /// <param name="block">The block; decoded for this window.</param>
    /// <param name="before">Tips from here on are not known.</param>
    /// <param name="merged">Room for the result.</param>
    public ActivityColumns MergeRows(LogBlock block, long before, ActivityColumns merged)
    {
        bool any = false;
        foreach (RecordedEvent row in block.Rows) any |= row.Payload is ActivityPayload && row.Event.Window == Window;
        if (!any) return block.Activity;

        merged.Clear();
        int column = 0;
        foreach (RecordedEvent row in block.Rows)
        {
            if (row.Payload is not ActivityPayload || row.Event.Window != Window) continue;
            while (column < block.Activity.Count && block.Activity.Position[column] < row.Position) merged.AddFrom(block.Activity, column++);
            ActivityRows.Add(merged, Names, row, row.Payload is TipRefunded refund && Knows(row, refund, before));
        }

        while (column < block.Activity.Count) merged.AddFrom(block.Activity, column++);
        return merged;
    }

    private bool Knows(RecordedEvent row, TipRefunded refund, long before)
    {
        if (UnknownRefund is null) return Retractions.KnowsTip(refund, before);
        if (Retractions.KnowsTip(refund, row.Position)) return true;
        UnknownRefund(row);
        return false;
    }
}
