using System.Reflection;
using System.Security.Cryptography;
using Akka.Actor;
using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using NetArchTest.Rules;
using Xunit;
using Directory = System.IO.Directory;

namespace Ledger.Tests.DayWindows;

/// <summary>
/// Guaranteed: a ledger that starts from a snapshot is, to the byte, the one that replayed everything, and folds no closed window; whatever is wrong
/// with a snapshot, it is passed over; an audit has nothing to do with them.
/// </summary>
public sealed class SnapshotTests : IDisposable
{
    private const int Days = 3;
    private static readonly Day FirstDay = Day.FromNumber(20_000);

    private readonly ActorSystem _actors = ActorSystem.Create("snapshot-tests", "akka.loglevel = OFF");
    private readonly string _directory = Directory.CreateTempSubdirectory("weledger-snapshots-").FullName;

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Open_with_a_snapshot_equals_open_without_and_folds_nothing()
    {
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_directory)) await LiveAsync(log);
        Assert.Equal(Days, SnapshotFiles().Length);

        await using EmbeddedEventLog again = await EmbeddedEventLog.OpenReadOnlyAsync(_directory);
        Folds withFolds = new(), withoutFolds = new();
        using RewardLedger with = await RewardLedger.OpenAsync(again, _actors, TimeProvider.System, new FoldOptions(), isReadOnly: true, new SnapshotFolder(_directory), progress: withFolds);
        using RewardLedger without = await RewardLedger.OpenAsync(again, _actors, TimeProvider.System, new FoldOptions(), isReadOnly: true, progress: withoutFolds);
        Assert.Equal(Bytes(without), Bytes(with));
        Assert.Equal(0, withFolds.Windows);
        Assert.Equal(Days, withoutFolds.Windows);
        Assert.Equal(again.Head, with.State.Position);

        // A closed window is replayed from the snapshot before it, to the same numbers.
        Folds replayFolds = new();
        WindowReplay replay = await with.ReplayAsync(FirstDay.Plus(1), replayFolds);
        Assert.Equal(1, replayFolds.Windows);
        Assert.Equal(RecordedNumbers.Of(without.Records[FirstDay.Plus(1)].Closed), RecordedNumbers.Of(replay.Close.Facts));
        Assert.Equal(Days, SnapshotFiles().Length);
    }

    [Fact]
    public async Task A_state_that_was_put_down_anywhere_goes_on_as_if_it_never_had_been()
    {
        const int Seed = 11;
        Random random = new(Seed);
        await using InMemoryEventLog log = new();
        using RewardLedger whole = await LiveAsync(log);
        WindowCloser closer = new(new WindowFold(_actors, log, new FoldOptions()), log);
        for (int round = 0; round < 12; round++)
        {
            long cut = random.NextInt64(1, log.Head);
            LedgerState before = new(log.Names);
            await closer.AdvanceAsync(before, cut, null, null, null, default);
            LedgerState after = new(log.Names);
            using (MemoryStream stream = new())
            {
                using BinaryWriter output = new(stream);
                before.WriteTo(output);
                output.Flush();
                using BinaryReader input = new(new MemoryStream(stream.ToArray()));
                after.Restore(input);
                Assert.Equal(stream.Length, input.BaseStream.Position);
            }

            Assert.True(StateBytes(before).AsSpan().SequenceEqual(StateBytes(after)), $"seed {Seed}: the state at {cut} reads back otherwise");
            await closer.AdvanceAsync(after, log.Head, null, null, null, default);
            Assert.True(StateBytes(whole.State).AsSpan().SequenceEqual(StateBytes(after)), $"seed {Seed}: put down at {cut}, it ends otherwise");
        }
    }

    [Fact]
    public async Task Damaged_foreign_and_outdated_snapshots_are_passed_over()
    {
        const int Seed = 12;
        Random random = new(Seed);
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await LiveAsync(log);
        string newest = SnapshotFiles()[^1];
        byte[] good = await File.ReadAllBytesAsync(newest);
        Assert.NotNull(await LedgerSnapshot.ReadAsync(good, log, default));
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            Assert.True(await LedgerSnapshot.ReadAsync(bad, log, default) is null, $"seed {Seed}: flip {i} is believed");
            Assert.True(await LedgerSnapshot.ReadAsync(good[..random.Next(good.Length)], log, default) is null, $"seed {Seed}: cut {i} is believed");
        }

        // Whole, but of another build (offset 4), another history (44) or other names (80).
        foreach (int offset in new[] { 4, 44, 80 })
        {
            byte[] other = [.. good];
            other[offset] ^= 1;
            SHA256.HashData(other.AsSpan(0, other.Length - 32)).CopyTo(other.AsSpan(other.Length - 32));
            Assert.Null(await LedgerSnapshot.ReadAsync(other, log, default));
        }

        await using InMemoryEventLog shorter = new();
        await LedgerGenesis.EnsureAsync(shorter, Ruleset.Default, TimeProvider.System);
        Assert.Null(await LedgerSnapshot.ReadAsync(good, shorter, default));

        // The ledger falls back on the snapshot before, then on the log.
        File.WriteAllBytes(newest, good[..^1]);
        Assert.Equal(1, await FoldsOfOpeningAsync());
        foreach (string file in SnapshotFiles()) File.WriteAllBytes(file, [1, 2, 3]);
        Assert.Equal(Days, await FoldsOfOpeningAsync());

        async Task<int> FoldsOfOpeningAsync()
        {
            Folds folds = new();
            using RewardLedger opened = await RewardLedger.OpenAsync(log, _actors, TimeProvider.System, new FoldOptions(), isReadOnly: true, new SnapshotFolder(_directory), progress: folds);
            Assert.Equal(Bytes(ledger), Bytes(opened));
            return folds.Windows;
        }
    }

    [Fact]
    public async Task An_audit_has_nothing_to_do_with_what_is_kept_beside_the_log()
    {
        TestResult result = Types.InAssembly(typeof(LedgerAudit).Assembly).That().HaveNameStartingWith(nameof(LedgerAudit), StringComparison.Ordinal)
            .ShouldNot().HaveDependencyOnAny(typeof(SnapshotFolder).Namespace, typeof(ActivityFolder).Namespace, typeof(RewardLedger).FullName).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await LiveAsync(log);
        AuditReport audit = await LedgerAudit.RunAsync(log, _actors, new FoldOptions());
        Assert.Equal(Days, audit.Windows.Count);
        Assert.Empty(audit.Differences);
    }

    /// <summary>A field that is added to the state belongs into its snapshot; then it is added here too.</summary>
    [Theory]
    [InlineData(typeof(LedgerState), "_open Books Directory Memberships Payouts Pending Position Retractions Windows")]
    [InlineData(typeof(OpenWindows), "_adopted _open LastSealed LatestOpened")]
    [InlineData(typeof(OpenWindow), "OpenedAt Roster Ruleset")]
    [InlineData(typeof(WindowRecord), "Closed ClosedAt IsFinal IssuedAt Statement StatementAt")]
    [InlineData(typeof(Core.Contributions.Directory), "_accounts _categories _categoryNumbers _contents _spaces _wallets names")]
    [InlineData(typeof(Memberships), "_approvedAtBySpace _providerShareBps directory")]
    [InlineData(typeof(Retractions), "_byAccount _names _tips")]
    [InlineData(typeof(Bookkeeper), "_open _payments _promoters _sealed _settlements _tips _windows Balances Bandwidth directory rulesetOf")]
    [InlineData(typeof(SettlementBook), "_balances _directory _entitlements _issued _names _sums LastSettled LatestFinal Open")]
    [InlineData(typeof(SettledSums), "_wallets chainId distributor Domain Published token")]
    [InlineData(typeof(Balances), "_available _held _others")]
    [InlineData(typeof(BandwidthMinutes), "_bought _used")]
    [InlineData(typeof(PromoterCredits), "_openedAt _sharers _shares")]
    [InlineData(typeof(WindowMoney), "_gifts _unfunded")]
    public void Every_field_of_the_state_is_in_the_snapshot(Type type, string fields)
    {
        IEnumerable<string> found = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Select(f => f.Name.StartsWith('<') ? f.Name[1..f.Name.IndexOf('>', StringComparison.Ordinal)] : f.Name)
            .Order(StringComparer.Ordinal);
        Assert.Equal(fields.Split(' ').Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task Only_the_newest_files_are_kept_and_a_disk_that_takes_none_is_no_fault()
    {
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await LiveAsync(log);
        foreach (int i in Enumerable.Range(1, SnapshotFolder.FilesMax + 2)) File.WriteAllBytes(Path.Combine(_directory, "snapshots", $"{i:d16}.state"), []);
        SnapshotFolder folder = new(_directory);
        await folder.SaveAsync(log, ledger.State, ledger.Records, default);
        Assert.Equal(SnapshotFolder.FilesMax, SnapshotFiles().Length);
        Assert.Contains(SnapshotFiles(), f => f.Contains($"{ledger.State.Position:d16}", StringComparison.Ordinal));

        string blocked = Path.Combine(_directory, "blocked");
        Directory.CreateDirectory(blocked);
        File.WriteAllText(Path.Combine(blocked, "snapshots"), "a file where the folder should be");
        await new SnapshotFolder(blocked).SaveAsync(log, ledger.State, ledger.Records, default);
        Assert.Null(await new SnapshotFolder(blocked).LatestAsync(log, log.Head, default));
    }

    private static byte[] Bytes(RewardLedger ledger) => LedgerSnapshot.Bytes(ledger.State, ledger.Records, default);

    private static byte[] StateBytes(LedgerState state) => LedgerSnapshot.Bytes(state, new SortedDictionary<Day, WindowRecord>(), default);

    private string[] SnapshotFiles() => [.. Directory.GetFiles(Path.Combine(_directory, "snapshots"), "*.state").Order(StringComparer.Ordinal)];

    private async Task<RewardLedger> LiveAsync(IEventLog log)
    {
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        RewardLedger ledger = await RewardLedger.OpenAsync(log, _actors, TimeProvider.System, new FoldOptions(), isReadOnly: false, new SnapshotFolder(_directory));
        CommunityRun run = new Community(new CommunitySettings { Accounts = 200, Days = Days + 1, EventsPerDay = 4_000, FirstDay = FirstDay }).Begin();
        for (int day = 0; day <= Days; day++)
        {
            foreach (SubmittedEvent[] batch in run.NextDay().Chunk(500)) await ledger.Intake.SubmitAsync(batch);
            if (day < Days) await ledger.CloseAsync(FirstDay.Plus(day));
        }

        // The last day stays open, with payments, refunds and visits behind the last snapshot.
        await ledger.CatchUpAsync();
        return ledger;
    }

    /// <summary>Counts the windows that were folded.</summary>
    private sealed class Folds : IProgress<LedgerProgress>
    {
        private readonly HashSet<Day> _windows = [];

        public int Windows => _windows.Count;

        public void Report(LedgerProgress value)
        {
            if (value.Window is { } window) _windows.Add(window);
        }
    }
}
