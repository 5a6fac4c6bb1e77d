using System.Globalization;
using Ledger.Core.Time;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Gives each finished segment of the log its index from id to position, all at once, beside the writer.</summary>
internal sealed class SegmentIndexer : IAsyncDisposable
{
    private readonly PostgresSource _source;
    private readonly IdMemory _ids;
    private readonly HeadSignal _head;
    private readonly HeadSignal _indexed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public SegmentIndexer(PostgresSource source, IdMemory ids, HeadSignal head, Action<Exception> failed)
    {
        (_source, _ids, _head) = (source, ids, head);
        _indexed = new HeadSignal(ids.IndexedTo);
        _run = Task.Run(() => RunAsync(failed));
    }

    /// <summary>Waits until one more segment is indexed.</summary>
    public async Task WaitAsync() => await _indexed.WaitAboveAsync(_indexed.Head, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync(Action<Exception> failed)
    {
        try
        {
            for (long head = _head.Head; ; head = await _head.WaitAboveAsync(head, _stop.Token))
            {
                while (_ids.NextToIndex(head) is { } segment)
                {
                    await _source.ReadAsync(connection => IndexAsync(connection, segment, _stop.Token), _stop.Token);
                    _ids.Indexed(segment);
                    _indexed.Publish(_ids.IndexedTo);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            _indexed.End(e); // the log is closed; the next writer goes on from here
        }
        catch (Exception e)
        {
            failed(e);
            _indexed.End(e);
        }
    }

    private async Task<bool> IndexAsync(NpgsqlConnection connection, IdSegment segment, CancellationToken cancel)
    {
        string s = _source.Schema;
        string table = string.Create(CultureInfo.InvariantCulture, $"{s}.event_id_{segment.Number:000000}");
        string range = string.Create(CultureInfo.InvariantCulture, $"position >= {segment.First} AND position < {segment.End}");
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await using (NpgsqlCommand done = new(string.Create(CultureInfo.InvariantCulture, $"SELECT EXISTS (SELECT FROM {s}.id_segment WHERE segment = {segment.Number})"), connection))
        {
            if (await done.ExecuteScalarAsync(cancel) is true) return true; // committed by an attempt whose connection was lost
        }

        // A segment without activity has no windows: any day will do.
        (Day min, Day max) = await EventQueries.WindowsAsync(connection, s, segment.First, segment.End, cancel) ?? default;
        await PostgresSchema.RunAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"""
                CREATE TABLE {table} (LIKE {s}.event_id);
                INSERT INTO {table} SELECT id, position FROM {s}.activity WHERE window_day BETWEEN '{min}' AND '{max}' AND {range}
                  UNION ALL SELECT id, position FROM {s}.event_row WHERE {range};
                CREATE UNIQUE INDEX ON {table} (id);
                ALTER TABLE {s}.event_id ATTACH PARTITION {table} FOR VALUES FROM ({segment.First}) TO ({segment.End})
                """),
            cancel);
        await using (NpgsqlCommand filter = new($"INSERT INTO {s}.id_segment VALUES ($1, $2)", connection) { Parameters = { new() { Value = segment.Number }, new() { Value = segment.Filter.ToBytes() } } })
        {
            await filter.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return true;
    }
}
