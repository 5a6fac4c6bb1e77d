using System.Text.RegularExpressions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Npgsql;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>The questions of specs/event-log-postgres.md are answered as written there, and a day's question reads that day's partition alone.</summary>
public sealed partial class QuerySpecTests
{
    private static readonly Day Window = Day.TryParse("2026-01-05", out Day day) ? day : default;

    [PartFact("postgres")]
    public async Task Every_query_of_the_page_runs_and_answers()
    {
        await using PostgresHarness harness = new();
        IEventLog log = await harness.OpenAsync();
        await log.AppendAsync([.. Events()]);
        await using NpgsqlConnection connection = await (await PrivatePostgres.SharedAsync()).ConnectAsync();
        List<string> queries = [.. Sql().Matches(await File.ReadAllTextAsync(Repository.PathOf("specs/event-log-postgres.md"))).Select(match => match.Groups["query"].Value)];
        Assert.Equal(6, queries.Count);
        List<List<string>> answers = [];
        foreach (string query in queries) answers.Add(await AskAsync(connection, $"SET search_path = {harness.Schema}; {query}"));

        Assert.Equal(["user-000004|2|90", "ann|1|7"], answers[0]);
        Assert.Contains("2026-01-05|liked|1|1", answers[1]);
        Assert.Equal(["stage|2|3.0000000000000000"], answers[2]);
        Assert.Empty(answers[3]); // no window is closed here
        Assert.Equal(["0.66666666666666666667"], answers[4]);
        Assert.Equal(4, answers[5].Count);
        Assert.StartsWith("0|viewed|video-1|", answers[5][0], StringComparison.Ordinal);

        string plan = string.Join('\n', await AskAsync(connection, $"SET search_path = {harness.Schema}; EXPLAIN {queries[0]}"));
        Assert.Contains("activity_20260105", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("activity_20260106", plan, StringComparison.Ordinal);
    }

    private static IEnumerable<NewEvent> Events()
    {
        AccountId user = new("user-000004");
        SampleEvents ids = new(3);
        EventPayload[] payloads =
        [
            new Viewed(user, new ContentId("video-1"), 30), new Viewed(user, new ContentId("video-1"), 60), new Viewed(new AccountId("ann"), new ContentId("video-2"), 7),
            new Liked(user, new ContentId("video-2")), new Commented(user, new ContentId("video-2"), 12, 34),
            new Tipped(user, new SpaceId("stage"), TokenAmount.FromWe(1)), new Tipped(new AccountId("ann"), new SpaceId("stage"), TokenAmount.FromWe(2)),
        ];
        foreach (EventPayload payload in payloads) yield return new NewEvent(ids.NextId(), Window.Start, Window.Start.PlusMs(5), Window, payload);
        yield return new NewEvent(ids.NextId(), Window.Next.Start, Window.Next.Start, Window.Next, new Viewed(new AccountId("bob"), new ContentId("video-1"), 1));
    }

    private static async Task<List<string>> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand ask = new(sql, connection);
        await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is DateOnly date ? date.ToString("yyyy-MM-dd") : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        return rows;
    }

    [GeneratedRegex("```sql\n(?<query>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sql();
}
