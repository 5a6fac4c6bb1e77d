using System.Text.Json;
using Akka.Actor;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Cli;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.ReadModels;
using Ledger.Tests.Support;
using Xunit;
using Directory = System.IO.Directory;

namespace Ledger.Tests.DayWindows.ByAccount;

/// <summary>
/// Guaranteed: an explanation out of an activity file is, byte for byte, the one that folding the window again gives, whatever happened to the file, and
/// with it no closed window is folded.
/// </summary>
public sealed class ExplanationTests : IDisposable
{
    private const int Days = 4;

    private readonly ActorSystem _actors = ActorSystem.Create("explanation-tests", "akka.loglevel = OFF");
    private readonly string _directory = Directory.CreateTempSubdirectory("weledger-explanations-").FullName;

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    [Property(MaxTest = 3)]
    public void Every_account_and_event_is_explained_as_by_folding_again(int seed)
    {
        EveryAccountAndEventAsync(seed).GetAwaiter().GetResult();
        foreach (string folder in Directory.GetDirectories(_directory)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Whatever_happens_to_the_files_the_answer_stays()
    {
        const int Seed = 41;
        Random random = new(Seed);
        await using InMemoryEventLog log = await LiveAsync(Seed);
        IReadOnlyDictionary<string, string> expected = await AccountsAsync(log, null, new Folds(Fold(log)));
        using (ActivityFolder folder = new(_directory)) Assert.Equal(expected, await AccountsAsync(log, folder, new Folds(Fold(log))));
        string[] files = Directory.GetFiles(Kept);
        Assert.Equal(Days - 1, files.Length);
        for (int round = 0; round < TestScale.Of(6, 60); round++)
        {
            string file = files[random.Next(files.Length)];
            byte[] bytes = await File.ReadAllBytesAsync(file);
            switch (round % 3)
            {
                case 0:
                    await File.WriteAllBytesAsync(file, bytes[..random.Next(bytes.Length)]);
                    break;
                case 1:
                    File.Copy(files[(Array.IndexOf(files, file) + 1) % files.Length], file, overwrite: true);
                    break;
                default:
                    // Among the events, at the file's beginning.
                    bytes[random.Next(2_000)] ^= (byte)(1 << random.Next(8));
                    await File.WriteAllBytesAsync(file, bytes);
                    break;
            }

            using ActivityFolder folder = new(_directory);
            IReadOnlyDictionary<string, string> actual = await AccountsAsync(log, folder, new Folds(Fold(log)));
            Assert.True(expected.OrderBy(e => e.Key, StringComparer.Ordinal).SequenceEqual(actual.OrderBy(e => e.Key, StringComparer.Ordinal)), $"seed {Seed}: round {round} gives another answer");
        }

        // A disk that takes nothing: the log is read.
        string blocked = Path.Combine(_directory, "blocked");
        Directory.CreateDirectory(blocked);
        await File.WriteAllTextAsync(Path.Combine(blocked, "by-account"), "a file where the folder should be");
        using ActivityFolder none = new(blocked);
        Assert.Equal(expected, await AccountsAsync(log, none, new Folds(Fold(log))));
    }

    [Fact]
    public async Task The_newest_windows_keep_their_files_and_a_serving_ledger_writes_them_unasked()
    {
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        using ActivityFolder folder = new(_directory);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, Fold(log), TimeProvider.System, activity: folder);
        HashSet<Day> known = [];
        RandomLife life = new(42);
        int last = ActivityFolder.FilesMax + 2;
        for (int day = 0; day < last; day++)
        {
            foreach (SubmittedEvent[] part in life.Day(day, 40).Chunk(40)) await ledger.Intake.SubmitAsync(part);
            await ledger.CloseAsync(RandomLife.FirstDay.Plus(day));
            IReadOnlyList<Day> kept = await ledger.KeepActivityAsync(known);
            Assert.Equal([RandomLife.FirstDay.Plus(day)], kept);
            known.UnionWith(kept);
        }

        Assert.Equal(
            Enumerable.Range(last - ActivityFolder.FilesMax, ActivityFolder.FilesMax).Select(day => $"{RandomLife.FirstDay.Plus(day)}.activity"),
            Directory.GetFiles(Kept).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // An old window that is asked for takes the place of the oldest.
        await Explainer.AccountAsync(ledger, new AccountId("p1"), RandomLife.FirstDay);
        Assert.Equal(ActivityFolder.FilesMax, Directory.GetFiles(Kept).Length);
        Assert.True(File.Exists(Path.Combine(Kept, $"{RandomLife.FirstDay}.activity")));
        Assert.False(File.Exists(Path.Combine(Kept, $"{RandomLife.FirstDay.Plus(2)}.activity")));
    }

    private string Kept => Path.Combine(_directory, "by-account");

    private async Task EveryAccountAndEventAsync(int seed)
    {
        await using InMemoryEventLog log = await LiveAsync(seed);
        IReadOnlyDictionary<string, string> expected = await AccountsAsync(log, null, new Folds(Fold(log)));
        IReadOnlyDictionary<string, string> events = await EventsAsync(log, null);
        using ActivityFolder first = new(_directory);
        Assert.Equal(expected, await AccountsAsync(log, first, new Folds(Fold(log))));

        // With the files there, the next process folds nothing that is closed.
        using ActivityFolder second = new(_directory);
        Folds folds = new(Fold(log));
        Assert.Equal(expected, await AccountsAsync(log, second, folds, new SnapshotFolder(_directory)));
        Assert.DoesNotContain(folds.Windows, window => window < RandomLife.FirstDay.Plus(Days - 1));
        Assert.Equal(events, await EventsAsync(log, second));
    }

    /// <summary>Every window of every account, open ones too, as the API answers.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> AccountsAsync(IEventLog log, ActivityFolder? folder, IWindowFold fold, SnapshotFolder? snapshots = null)
    {
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, fold, TimeProvider.System, isReadOnly: true, snapshots, activity: folder);
        Dictionary<string, string> answers = [];
        for (int day = 0; day < Days; day++)
        {
            for (int i = 0; i < 11; i++)
            {
                AccountId account = new($"p{i}");
                if (log.Names.Find(account.Value) < 0) continue;
                answers[$"{day} {account}"] = Text(await Explainer.AccountAsync(ledger, account, RandomLife.FirstDay.Plus(day)));
            }
        }

        return answers;
    }

    private async Task<IReadOnlyDictionary<string, string>> EventsAsync(IEventLog log, ActivityFolder? folder)
    {
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, Fold(log), TimeProvider.System, isReadOnly: true, activity: folder);
        Dictionary<string, string> answers = [];
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            if (e.Position % 7 != 0 || e.Event.Window >= RandomLife.FirstDay.Plus(Days - 1)) continue;
            EventExplanation story = await Explainer.EventAsync(ledger, e.Event.Id);
            answers[e.Event.Id.ToString()] = JsonSerializer.Serialize(story.Judged, CliJson.Options) + (story.Account is { } account ? Text(account) : "");
        }

        return answers;
    }

    private static string Text(AccountExplanation explanation) => JsonSerializer.Serialize(ExplanationAnswer.Of(explanation), CliJson.Options);

    /// <summary>Some days, all closed but the last; snapshots beside them.</summary>
    private async Task<InMemoryEventLog> LiveAsync(int seed)
    {
        InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, Fold(log), TimeProvider.System, snapshots: new SnapshotFolder(_directory));
        await ViewHarness.LiveAsync(ledger, new RandomLife(seed), Days, 250);
        return log;
    }

    private WindowFold Fold(IEventLog log) => new(_actors, log, new FoldOptions { Shards = 2 });

    /// <summary>Folds, and remembers which windows.</summary>
    private sealed class Folds(IWindowFold inner) : IWindowFold
    {
        public List<Day> Windows { get; } = [];

        public Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
        {
            Windows.Add(context.Window);
            return inner.FoldAsync(context, progress, cancel);
        }
    }
}
