using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>What callers prepare fast is what the slow definitions say: the log tree's hashes by every way, and canonical bytes of columnar events.</summary>
public sealed class LogHasherTests
{
    public static TheoryData<bool> Ways => NativeSha256.IsAvailable ? [true, false] : [false];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Leaves_and_parents_are_those_of_the_definition(bool native)
    {
        Random random = new(11);
        byte[][] contents = [.. Enumerable.Range(0, 700).Select(size => Bytes(random, size)), .. Enumerable.Range(0, 100).Select(_ => Bytes(random, random.Next(60, 130)))];
        int end = 0;
        int[] ends = [.. contents.Select(content => end += content.Length)];
        Digest[] leaves = new Digest[contents.Length];
        LogHasher hasher = new(native);
        hasher.Leaves(contents.SelectMany(content => content).ToArray(), ends, leaves);
        Assert.Equal(contents.Select(content => LogHash.Leaf(content)), leaves);
        Digest[] parents = new Digest[leaves.Length / 2];
        hasher.Parents(leaves, parents);
        Assert.Equal(Enumerable.Range(0, parents.Length).Select(i => LogHash.Node(leaves[2 * i], leaves[(2 * i) + 1])), parents);
        hasher.Parents(leaves, leaves);
        Assert.Equal(parents, leaves[..parents.Length]);
    }

    [Fact]
    public void A_prepared_append_has_the_leaves_of_the_canonical_bytes_and_the_ordinals_of_known_names()
    {
        NameTable names = new();
        NewEvent[] events = new SampleEvents(12).Take(2_000);
        foreach (NewEvent e in events.Where(e => e.Payload.Kind.IsColumnar()).Take(700)) ColumnarForm.Of(e.Payload, names);
        PreparedAppend prepared = PreparedAppend.Of(events, null, names);
        for (int i = 0; i < events.Length; i++)
        {
            byte[] canonical = CanonicalBytes.Of(events[i]);
            Assert.Equal(LogHash.Leaf(canonical), prepared.Leaves[i]);
            if (!events[i].Payload.Kind.IsColumnar())
            {
                Assert.Equal(canonical, prepared.RowBytes(i));
                continue;
            }

            ColumnarFields fields = ColumnarFields.Of(events[i].Payload);
            Assert.Equal(names.Find(fields.Account), prepared.Columns.Ordinals[2 * i]);
            Assert.Equal(names.Find(fields.Target), prepared.Columns.Ordinals[(2 * i) + 1]);
            Assert.Equal(events[i].Stream, StreamName.Activity(events[i].Window, prepared.Columns.Shard[i]));
        }
    }

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }
}
