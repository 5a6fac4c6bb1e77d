using Ledger.Projections.EventLog.Embedded;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>A table is read by hash, every entry once, whatever the ids collide in.</summary>
public sealed class IdTableReaderTests
{
    [Theory]
    [InlineData(16, 0)]
    [InlineData(16, 12)]
    [InlineData(64, 40)]
    [InlineData(1 << 14, 10_000)]
    [InlineData(1 << 16, 48_000)]
    public void Entries_come_by_hash(int slots, int ids)
    {
        for (int seed = 0; seed < 20; seed++) RequireOrder(slots, Entries(new Random(seed), ids, _ => true), $"seed {seed}");
    }

    [Fact]
    public void Ids_that_want_the_last_slots_are_read_last()
    {
        const int Slots = 256;
        for (int seed = 0; seed < 20; seed++) RequireOrder(Slots, Entries(new Random(seed), 100, entry => entry.Hash >> 61 == 7 || entry.Hash >> 60 == 0), $"seed {seed}");
    }

    [Fact]
    public void More_ids_in_one_place_than_are_read_at_a_time_stay_in_order() =>
        RequireOrder(1 << 14, Entries(new Random(3), 9_000, entry => entry.Hash >> 63 == 1), "seed 3");

    private static IdEntry[] Entries(Random random, int count, Func<IdEntry, bool> wanted)
    {
        List<IdEntry> entries = [];
        while (entries.Count < count)
        {
            IdEntry entry = new((ulong)random.NextInt64(), (ulong)random.NextInt64(), 1_000 + entries.Count);
            if (wanted(entry)) entries.Add(entry);
        }

        return [.. entries];
    }

    private static void RequireOrder(int slots, IdEntry[] entries, string context)
    {
        IdTable table = new(slots);
        foreach (IdEntry entry in entries) Assert.Equal(-1, table.FindOrAdd(entry.IdHigh, entry.IdLow, entry.Hash, entry.Position));
        List<IdEntry> read = [];
        IdTableReader reader = new(table);
        while (reader.Read())
        {
            Assert.Equal(reader.Entries.Length, reader.Hashes.Length);
            for (int i = 0; i < reader.Entries.Length; i++) Assert.Equal(reader.Entries[i].Hash, reader.Hashes[i]);
            read.AddRange(reader.Entries);
        }

        Assert.False(reader.Read());
        Assert.True(entries.OrderBy(entry => entry.Hash).SequenceEqual(read), $"{context}: {read.Count} of {entries.Length} entries, or out of order");
    }
}
