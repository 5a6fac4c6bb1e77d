using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Where streams stand in the database.</summary>
internal static class StreamLookup
{
    /// <summary>Tells <paramref name="heads"/> the last revision of each of these streams.</summary>
    /// <remarks>A stream that is not known has no event on its way either, so what is stored is all there is.</remarks>
    public static async Task LearnAsync(PostgresSource source, StreamHeads heads, IReadOnlyCollection<string> streams)
    {
        Dictionary<string, long> last = await source.ReadAsync(
            async connection =>
            {
                Dictionary<string, long> found = new(StringComparer.Ordinal);
                await using NpgsqlCommand ask = new(
                    $"""
                    SELECT n.name, s.last FROM unnest($1) AS n (name), LATERAL (
                      SELECT first_revision + events - 1 AS last FROM {source.Schema}.stream_span WHERE stream = n.name ORDER BY first_revision DESC LIMIT 1) s
                    """,
                    connection)
                {
                    Parameters = { new() { Value = streams.ToArray() } },
                };
                await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync();
                while (await reader.ReadAsync()) found.Add(reader.GetString(0), reader.GetInt64(1));
                return found;
            },
            CancellationToken.None);
        foreach (string stream in streams) heads.Learn(stream, last.GetValueOrDefault(stream, -1));
    }
}
