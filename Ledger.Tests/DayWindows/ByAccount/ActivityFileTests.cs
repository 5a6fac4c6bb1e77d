using System.Security.Cryptography;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.Support;
using Xunit;
using Directory = System.IO.Directory;

namespace Ledger.Tests.DayWindows.ByAccount;

/// <summary>
/// Guaranteed: an activity file gives of every account what reading the whole window gives; bytes that are not as they were written, of another build or
/// of another history give nothing.
/// </summary>
public sealed class ActivityFileTests : IDisposable
{
    // Of the footer: 4 bytes of magic, the build, the window, two positions, the log's root, the number of names and their digest.
    private const int BuildAt = 4, RootAt = 4 + 32 + 4 + 8 + 8, NamesAt = RootAt + 32 + 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("weledger-activity-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Property(MaxTest = 10)]
    public void Every_account_has_in_the_file_what_it_has_in_the_log(int seed, PositiveInt size)
    {
        World world = new(seed, size.Get * 20);
        foreach (int rangePositions in new[] { 128, 1 << 12 })
        {
            (InMemoryEventLog log, FoldContext context, ContributionSheet sheet, string path) = WriteAsync(world, rangePositions).GetAwaiter().GetResult();
            ActivityFile file = ActivityFile.OpenAsync(path, log, context, default).GetAwaiter().GetResult()!;
            int events = 0;
            for (int account = 0; account < log.Names.Count; account++)
            {
                AccountActivity expected = AccountActivity.Collect(log, context, account, default);
                AssertSame(expected, file.Read(account), $"seed {seed}, size {size.Get}, ranges of {rangePositions}: account {account}");
                events += expected.Events.Count;
            }

            Assert.Equal(world.Events.Count(e => e.Position >= world.OpenedAt && e.Position < world.SealedAt && e.Payload is ActivityPayload && e.Event.Window == World.Window), events);
            Assert.Equal(SheetDigest.Of(sheet, log.Names), SheetDigest.Of(file.Sheet()!, log.Names));
        }
    }

    [Fact]
    public async Task A_flipped_bit_or_a_cut_never_gives_another_answer()
    {
        const int Seed = 31;
        Random random = new(Seed);
        (InMemoryEventLog log, FoldContext context, ContributionSheet sheet, string path) = await WriteAsync(new World(Seed, 400), 128);
        byte[] good = await File.ReadAllBytesAsync(path);
        AccountActivity[] expected = [.. Enumerable.Range(0, log.Names.Count).Select(account => AccountActivity.Collect(log, context, account, default))];
        string bad = path + ".bad";
        int refused = 0, missed = 0;
        int rounds = TestScale.Of(100, 2_000);
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = round % 4 == 0 ? good[..random.Next(good.Length)] : [.. good];

            // The footer is many times larger than the few events; half of the flips are among these.
            if (round % 4 != 0) bytes[random.Next(round % 2 == 0 ? good.Length : good.Length / 100)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(bad, bytes);
            if (await ActivityFile.OpenAsync(bad, log, context, default) is not { } file)
            {
                refused++;
                continue;
            }

            for (int account = 0; account < expected.Length; account++)
            {
                if (file.Read(account) is { } read) AssertSame(expected[account], read, $"seed {Seed}, round {round}: account {account}");
                else missed++;
            }

            if (file.Sheet() is { } kept) Assert.Equal(SheetDigest.Of(sheet, log.Names), SheetDigest.Of(kept, log.Names));
        }

        Assert.True(refused > rounds / 4 && missed > rounds / 8, $"seed {Seed}: {refused} files refused, {missed} reads refused");
    }

    [Fact]
    public async Task A_file_of_another_build_history_or_numbering_is_refused()
    {
        (InMemoryEventLog log, FoldContext context, ContributionSheet _, string path) = await WriteAsync(new World(32, 200), 128);
        Assert.NotNull(await ActivityFile.OpenAsync(path, log, context, default));
        byte[] good = await File.ReadAllBytesAsync(path);
        int size = BitConverter.ToInt32(good, good.Length - 36);
        int start = good.Length - 36 - size;
        foreach (int at in new[] { 0, BuildAt, RootAt, NamesAt })
        {
            byte[] other = [.. good];
            other[start + at] ^= 1;
            SHA256.HashData(other.AsSpan(start, size)).CopyTo(other.AsSpan(other.Length - 32));
            await File.WriteAllBytesAsync(path, other);
            Assert.Null(await ActivityFile.OpenAsync(path, log, context, default));
        }

        // The same events but for one id: the same positions and names, another log.
        await File.WriteAllBytesAsync(path, good);
        await using InMemoryEventLog forged = new();
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
            await forged.AppendAsync([e.Position == context.OpenedAt + 1 ? e.Event with { Id = EventId.Derive("an", "other") } : e.Event]);
        Assert.Null(await ActivityFile.OpenAsync(path, forged, context, default));
    }

    private async Task<(InMemoryEventLog Log, FoldContext Context, ContributionSheet Sheet, string Path)> WriteAsync(World world, int rangePositions)
    {
        InMemoryEventLog log = new();
        foreach (RecordedEvent[] part in world.Events.Chunk(50))
            await log.AppendAsync([.. part.Select(e => e.Position % 97 == 5 ? e.Event with { OccurredAt = FarOff(e) } : e.Event)]);
        FoldContext context = world.Context(log.Names);
        ContributionSheet sheet = SheetMerge.Merge([], context);
        string path = Path.Combine(_directory, $"{rangePositions}.activity");
        await new ActivityFileWriter(log, context, workers: 2, rangePositions).WriteAsync(path, sheet, null, default);
        return (log, context, sheet, path);
    }

    // Far enough from the window's day that it does not fit a packed event.
    private static UnixMs FarOff(RecordedEvent e) => UnixMs.From(e.Event.OccurredAt.Value - (40L * Day.LengthMs));

    private static void AssertSame(AccountActivity expected, AccountActivity? actual, string where)
    {
        Assert.True(actual is not null, where);
        Assert.True(expected.Ids.SequenceEqual(actual.Ids), where);
        Assert.True(expected.Events.Select(Fields).SequenceEqual(actual.Events.Select(Fields)), where);
    }

    private static (long, EventKind, int, int, long, long) Fields(ShardEvent e) => (e.Position, e.Kind, e.Account, e.Target, e.Value, e.OccurredAtMs);
}
