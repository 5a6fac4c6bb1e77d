using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Cuts a range of the log into blocks as folding reads them, while the next events are on their way.</summary>
internal static class BlockReading
{
    private const int BlockEvents = 4_096;

    public static IEnumerable<LogBlock> Run(IAsyncEnumerable<RecordedEvent> events, NameTable names, BlockRequest request)
    {
        IAsyncEnumerator<RecordedEvent> source = events.GetAsyncEnumerator();
        try
        {
            while (true)
            {
                List<RecordedEvent> rows = [];
                ActivityColumns columns = new(BlockEvents);
                long first = -1;
                int count = 0;
                for (; count < BlockEvents && Wait(source.MoveNextAsync()); count++)
                {
                    if (count == 0) first = source.Current.Position;
                    Add(source.Current, names, request, rows, columns);
                }

                if (count == 0) yield break;
                yield return new LogBlock { FirstPosition = first, Count = count, Rows = rows, Activity = columns };
            }
        }
        finally
        {
            ValueTask closed = source.DisposeAsync();
            if (!closed.IsCompletedSuccessfully) closed.AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Add(RecordedEvent e, NameTable names, BlockRequest request, List<RecordedEvent> rows, ActivityColumns columns)
    {
        if (!e.Payload.Kind.IsColumnar())
        {
            if (request.Rows) rows.Add(e);
        }
        else if (request.Columns && (request.Window is null || request.Window == e.Event.Window))
        {
            // Every name below the head is in the table, so this only finds, while another thread may be adding.
            ColumnarForm form = ColumnarForm.Of(e.Payload, names);
            columns.Add(e.Position, e.Payload.Kind, form.Account, form.Target, form.Value, e.Event.OccurredAt.Value);
        }
    }

    // The port reads blocks synchronously: folding has threads of its own for it.
    private static bool Wait(ValueTask<bool> next) => next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult();
}
