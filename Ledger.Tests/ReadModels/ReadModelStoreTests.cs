using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Accounts;
using Ledger.Projections.ReadModels.Statements;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.ReadModels;

/// <summary>
/// Guaranteed: views that were kept up live, rebuilt from nothing, or stopped and started anywhere hold the same rows; a view that does not fit its log
/// or its layout, or a file that cannot be read, is made anew; a view that cannot be written stops nobody but itself.
/// </summary>
public sealed class ReadModelStoreTests : IDisposable
{
    private const int Days = 4;
    private const int EventsEach = 260;

    private readonly ViewHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rebuilt_equals_live(int seed)
    {
        await using InMemoryEventLog log = new();
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log))
        using (RewardLedger ledger = await _harness.OpenAsync(log, store))
        {
            await ViewHarness.LiveAsync(ledger, new RandomLife(seed), Days, EventsEach, () => ledger.CatchUpAsync());
            Assert.Equal(log.Head, store.NextPosition);
        }

        string live = ViewHarness.Dump(_harness.Folder);
        Assert.All(ReadModelStore.All.SelectMany(v => v.Tables), table => Assert.Contains(Environment.NewLine + table, Environment.NewLine + live, StringComparison.Ordinal));
        string rebuilt = await RebuildAsync(log);
        Assert.Equal(rebuilt, live);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Stopped_and_started_anywhere_they_hold_the_same(int seed)
    {
        await using InMemoryEventLog log = new();
        using (RewardLedger ledger = await _harness.OpenAsync(log, null)) await ViewHarness.LiveAsync(ledger, new RandomLife(seed), Days, EventsEach);
        string rebuilt = await RebuildAsync(log);

        Random random = new(seed);
        int deaths = 0;
        for (bool done = false; !done;)
        {
            using ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log, ReadModelStore.All, eventsPerCommitMax: 40, default);
            ViewHarness.Dying dying = new(store, random.Next(1, 150));
            try
            {
                using RewardLedger ledger = await _harness.OpenAsync(log, dying);
                done = true;
            }
            catch (ViewHarness.DeathException)
            {
                deaths++;
            }
        }

        Assert.True(deaths > 5, $"seed {seed}: only {deaths} stops");
        Assert.Equal(rebuilt, ViewHarness.Dump(_harness.Folder));
    }

    [Fact]
    public async Task What_the_store_tells_is_committed()
    {
        await using InMemoryEventLog log = new();
        using (RewardLedger ledger = await _harness.OpenAsync(log, null)) await ViewHarness.LiveAsync(ledger, new RandomLife(7), Days, EventsEach);
        using ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log, ReadModelStore.All, eventsPerCommitMax: 1, default);
        using CancellationTokenSource followed = new();
        Task<int> looking = Task.Run(() =>
        {
            using SqliteConnection connection = new($"Data Source={Path.Combine(_harness.Folder, ReadModelStore.FileName)};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using SqliteCommand positions = connection.CreateCommand();
            positions.CommandText = "SELECT min(position) FROM view";
            HashSet<long> seen = [];
            while (!followed.IsCancellationRequested)
            {
                long told = store.NextPosition;
                Assert.InRange((long)positions.ExecuteScalar()!, told, long.MaxValue);
                seen.Add(told);
            }

            return seen.Count;
        });
        using (RewardLedger ledger = await _harness.OpenAsync(log, store)) await followed.CancelAsync();
        Assert.True(await looking > 10, "hardly anything was seen between the commits");
    }

    [Fact]
    public async Task A_view_of_another_layout_is_made_anew_alone()
    {
        await using InMemoryEventLog log = new();
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log))
        using (RewardLedger ledger = await _harness.OpenAsync(log, store)) await ViewHarness.LiveAsync(ledger, new RandomLife(6), Days, EventsEach);
        string live = ViewHarness.Dump(_harness.Folder);
        ViewDefinition[] newer = [.. ReadModelStore.All.Select(v => v == StatementsView.Definition ? v with { Layout = 99 } : v)];
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log, newer, 1_000, default))
        {
            Assert.Equal(0, store.NextPosition);
            using (ViewReader views = store.Read()) Assert.Empty(views.StatementLines(RandomLife.FirstDay, -1, 10));
            using RewardLedger ledger = await _harness.OpenAsync(log, store);
            Assert.Equal(log.Head, store.NextPosition);
        }

        Assert.Equal(live, ViewHarness.Dump(_harness.Folder));
    }

    [Fact]
    public async Task Views_of_another_history_and_files_that_cannot_be_read_are_made_anew()
    {
        await using InMemoryEventLog one = new(), other = new();
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, one))
        using (RewardLedger ledger = await _harness.OpenAsync(one, store, snapshots: false)) await ViewHarness.LiveAsync(ledger, new RandomLife(7), Days, EventsEach);
        using (RewardLedger ledger = await _harness.OpenAsync(other, null, snapshots: false)) await ViewHarness.LiveAsync(ledger, new RandomLife(8), Days, EventsEach);

        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, other))
        {
            Assert.Equal(0, store.NextPosition);
            using RewardLedger ledger = await _harness.OpenAsync(other, store, snapshots: false);
        }

        string expected = await RebuildAsync(other);
        Assert.Equal(expected, ViewHarness.Dump(_harness.Folder));

        foreach (string suffix in new[] { "-wal", "-shm" }) File.Delete(Path.Combine(_harness.Folder, ReadModelStore.FileName + suffix));
        File.WriteAllText(Path.Combine(_harness.Folder, ReadModelStore.FileName), new string('x', 20_000));
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, other))
        using (RewardLedger ledger = await _harness.OpenAsync(other, store, snapshots: false)) Assert.Equal(other.Head, store.NextPosition);
        Assert.Equal(expected, ViewHarness.Dump(_harness.Folder));
    }

    [Fact]
    public async Task A_reader_sees_one_position_while_the_ledger_goes_on()
    {
        await using InMemoryEventLog log = new();
        using ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log);
        using RewardLedger ledger = await _harness.OpenAsync(log, store);
        RandomLife life = new(9);
        await ledger.Intake.SubmitAsync([.. life.Day(0, 100)]);
        await ledger.CatchUpAsync();
        using ViewReader before = store.Read();
        long position = before.Position;
        string held = Text(before);
        await ledger.CloseAsync(RandomLife.FirstDay);
        Assert.Equal(held, Text(before));
        using ViewReader after = store.Read();
        Assert.True(after.Position > position);
        Assert.NotEqual(held, Text(after));

        static string Text(ViewReader views) => string.Join('\n', views.Accounts("", 100));
    }

    [Fact]
    public async Task A_view_that_cannot_be_written_stops_nobody_but_itself_and_goes_on_when_opened_again()
    {
        await using InMemoryEventLog log = new();
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log))
        using (RewardLedger ledger = await _harness.OpenAsync(log, store))
        {
            RandomLife life = new(10);
            await ledger.Intake.SubmitAsync([.. life.Day(0, 100)]);
            await ledger.CatchUpAsync();
            using (SqliteConnection vandal = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_harness.Folder, ReadModelStore.FileName), Pooling = false }.ConnectionString))
            {
                vandal.Open();
                using SqliteCommand drop = vandal.CreateCommand();
                drop.CommandText = "DROP TABLE line";
                drop.ExecuteNonQuery();
            }

            long kept = store.NextPosition;
            await ledger.CloseAsync(RandomLife.FirstDay);
            Assert.IsType<SqliteException>(store.Fault);
            Assert.Equal(kept, store.NextPosition);
            Assert.Single(ledger.Records);
        }

        ViewDefinition[] newer = [.. ReadModelStore.All.Select(v => v == StatementsView.Definition ? v with { Layout = 99 } : v)];
        using (ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log, newer, 1_000, default))
        using (RewardLedger ledger = await _harness.OpenAsync(log, store)) Assert.Equal(log.Head, store.NextPosition);
        Assert.Equal(await RebuildAsync(log), ViewHarness.Dump(_harness.Folder));
    }

    private async Task<string> RebuildAsync(InMemoryEventLog log)
    {
        string folder = Path.Combine(_harness.Folder, "rebuilt");
        using (ReadModelStore store = await ReadModelStore.OpenAsync(folder, log))
        using (RewardLedger ledger = await _harness.OpenAsync(log, store, snapshots: false)) Assert.Equal(log.Head, store.NextPosition);
        string dump = ViewHarness.Dump(folder);
        Directory.Delete(folder, recursive: true);
        return dump;
    }
}
