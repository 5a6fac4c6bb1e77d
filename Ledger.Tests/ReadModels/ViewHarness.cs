using System.Globalization;
using System.Text;
using Akka.Actor;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Ledger.Projections.ReadModels;
using Microsoft.Data.Sqlite;

namespace Ledger.Tests.ReadModels;

/// <summary>A folder with views and snapshots, and ledgers that keep them up.</summary>
internal sealed class ViewHarness : IDisposable
{
    private readonly ActorSystem _actors = ActorSystem.Create("view-tests", "akka.loglevel = OFF");

    public string Folder { get; } = Directory.CreateTempSubdirectory("weledger-views-").FullName;

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A ledger that views follow.</summary>
    public async Task<RewardLedger> OpenAsync(IEventLog log, ILedgerObserver? observer, bool snapshots = true)
    {
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        return await RewardLedger.OpenAsync(log, _actors, TimeProvider.System, new FoldOptions { Shards = 2 }, isReadOnly: false, snapshots ? new SnapshotFolder(Folder) : null, observer);
    }

    /// <summary>Lets a life go on for days, closing each but the last, with the views told at odd moments.</summary>
    public static async Task LiveAsync(RewardLedger ledger, RandomLife life, int days, int eventsEach, Func<Task>? between = null)
    {
        for (int day = 0; day < days; day++)
        {
            foreach (SubmittedEvent[] part in life.Day(day, eventsEach).Chunk(37))
            {
                await ledger.Intake.SubmitAsync(part);
                if (between is not null) await between();
            }

            Day window = RandomLife.FirstDay.Plus(day);
            if (day < days - 1) await ledger.CloseAsync(window);
        }

        await ledger.CatchUpAsync();
    }

    /// <summary>Every row of every view, as text.</summary>
    public static string Dump(string folder)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, ReadModelStore.FileName), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        StringBuilder text = new();
        foreach (string table in ReadModelStore.All.SelectMany(v => v.Tables))
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                text.Append(table);
                for (int i = 0; i < reader.FieldCount; i++)
                    text.Append(' ').Append(reader.GetValue(i) switch { byte[] blob => Convert.ToHexString(blob), DBNull => "-", object value => Convert.ToString(value, CultureInfo.InvariantCulture) });
                text.AppendLine();
            }
        }

        return text.ToString();
    }

    /// <summary>Passes everything on until a number of events was applied; then the process dies.</summary>
    public sealed class Dying(ILedgerObserver inner, int after) : ILedgerObserver
    {
        private int _left = after;

        public long NextPosition => inner.NextPosition;

        public void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
        {
            bool isNew = e.Position >= inner.NextPosition;
            inner.Applied(e, money, state);
            if (isNew && --_left < 0) throw new DeathException();
        }

        public void Closed(ClosedWindow closed, LedgerState state) => inner.Closed(closed, state);

        public void CaughtUp(long position) => inner.CaughtUp(position);
    }

    public sealed class DeathException : Exception;
}
