using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Cuts a range of the log into blocks as folding reads them: activity goes from the cluster's bytes into columns, without an object per event.</summary>
internal static class BlockReading
{
    private const int BlockEvents = 4_096;

    public static IEnumerable<LogBlock> Run(IAsyncEnumerable<StoredEvent> events, NameTable names, BlockRequest request)
    {
        ActivityColumns columns = new(request.Columns ? BlockEvents : 0);
        IAsyncEnumerator<StoredEvent> source = events.GetAsyncEnumerator();
        try
        {
            while (true)
            {
                List<RecordedEvent> rows = [];
                columns.Clear();
                long first = -1;
                int count = 0;
                for (; count < BlockEvents && Wait(source.MoveNextAsync()); count++)
                {
                    StoredEvent e = source.Current;
                    if (count == 0) first = e.Position;
                    if (e.Submitted.Kind.IsColumnar()) Add(e, names, request, columns);
                    else if (request.Rows) rows.Add(e.Recorded);
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

    private static void Add(in StoredEvent e, NameTable names, BlockRequest request, ActivityColumns columns)
    {
        if (!request.Columns || (request.Window is { } window && window != e.Window)) return;
        (int account, int target, long value) = e.Submitted.TryPlain(out PlainActivity plain)
            ? (names.Find(plain.Account), names.Find(plain.Target), plain.Value)
            : Find(ColumnarFields.Of(e.Submitted.Payload), names);

        // The names of every event below the head were taken in when it was first read.
        if (account < 0 || target < 0) throw new LogFaultException("stream-changed", $"the event at position {e.Position} is not what it was; restore the cluster from a backup");
        columns.Add(e.Position, e.Submitted.Kind, account, target, value, e.Submitted.OccurredAt.Value);
    }

    private static (int Account, int Target, long Value) Find(in ColumnarFields fields, NameTable names) => (names.Find(fields.Account), names.Find(fields.Target), fields.Value);

    // The port reads blocks synchronously: folding has threads of its own for it.
    private static bool Wait(ValueTask<bool> next) => next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult();
}
