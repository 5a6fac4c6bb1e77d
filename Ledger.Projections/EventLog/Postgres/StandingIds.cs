using Ledger.Core.Events;
using Ledger.Core.Identity;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Answers for the ids of one append: from memory, or from the database's indexes where a filter did not rule that out.</summary>
/// <remarks>What stood in the log when it was asked is kept: a segment may leave the memory for the index at any moment after that.</remarks>
internal sealed class StandingIds
{
    private readonly IdMemory _ids;
    private readonly Dictionary<EventId, long> _standing;

    private StandingIds(IdMemory ids, Dictionary<EventId, long> standing) => (_ids, _standing) = (ids, standing);

    public static async ValueTask<StandingIds> OfAsync(PostgresSource source, IdMemory ids, IReadOnlyList<NewEvent> events)
    {
        Dictionary<EventId, long> standing = [];
        List<EventId> asked = [];
        foreach (NewEvent e in events)
        {
            long position = ids.Find(e.Id, out bool mayBeIndexed);
            if (position >= 0) standing.TryAdd(e.Id, position);
            else if (mayBeIndexed) asked.Add(e.Id);
        }

        if (asked.Count > 0)
        {
            foreach ((EventId id, long position) in await source.ReadAsync(connection => LookUpAsync(connection, source.Schema, asked), CancellationToken.None)) standing.TryAdd(id, position);
        }

        return new StandingIds(ids, standing);
    }

    /// <summary>The id's position when it stood in the log, or −1.</summary>
    public long Find(EventId id) => _standing.GetValueOrDefault(id, -1);

    /// <summary>Gives a new id its position; false when it stands already, in the log or earlier in this append.</summary>
    public bool TryAdd(EventId id, long next, out long position)
    {
        if (_standing.Count > 0 && _standing.TryGetValue(id, out position)) return false;
        return _ids.TryAdd(id, next, out position);
    }

    private static async Task<Dictionary<EventId, long>> LookUpAsync(NpgsqlConnection connection, string schema, List<EventId> ids)
    {
        Dictionary<EventId, long> found = [];
        await using NpgsqlCommand ask = new($"SELECT id, position FROM {schema}.event_id WHERE id = ANY ($1)", connection)
        {
            Parameters = { new() { Value = ids.Distinct().Select(PostgresValues.Guid).ToArray() } },
        };
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync();
        while (await reader.ReadAsync()) found.Add(PostgresValues.Id(reader.GetGuid(0)), reader.GetInt64(1));
        return found;
    }
}
