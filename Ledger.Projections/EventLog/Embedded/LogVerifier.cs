using System.Runtime.InteropServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Checks everything that a log says about itself, from its events alone.</summary>
internal static class LogVerifier
{
    /// <summary>All blocks up to <paramref name="head"/>: chain, checksums, events readable, names, revisions, ids unique, tree. Returns the root.</summary>
    public static Digest Run(BlockReader reader, NameTable stored, long head, string scratch, IProgress<long>? progress, CancellationToken cancel)
    {
        NameTable names = new();
        NameInterner interner = new(names);
        StreamIndex streams = new();
        LogFrontier frontier = new();
        List<Digest> completed = [];
        List<Digest> leaves = [];
        LogHasher hasher = new();
        Digest previous = default;
        while (frontier.Size < head)
        {
            cancel.ThrowIfCancellationRequested();
            StoredBlock block = reader.At(frontier.Size, previous);
            BlockHeader header = block.Header;
            completed.Clear();
            leaves.Clear();
            foreach (RecordedEvent e in BlockEvents.All(reader, header, stored))
            {
                if (streams.Next(e.Event.Stream.Value) != e.Revision) throw LogFaults.Checksum(header.FirstPosition, $"event {e.Position} is not the next of stream {e.Event.Stream}");
                e.Payload.Write(interner);
                leaves.Add(LogHash.Leaf(CanonicalBytes.Of(e.Event)));
            }

            TreePart.Append(frontier, CollectionsMarshal.AsSpan(leaves), completed, hasher);

            Require(header, StreamsMatch(reader, header, streams.EndBlock()), "its streams are not those of its events");
            Require(header, names.Count == header.NamesBefore + header.NewNames, "its names are not those of its events");
            byte[] tree = reader.Part(header, BlockPart.Tree, 0, static (part, _) => part.ToArray());
            Require(header, tree.AsSpan().SequenceEqual(TreePart.Encode(completed, frontier)), "its tree nodes are not those of its events");
            previous = block.Hash;
            progress?.Report(header.End);
        }

        for (int ordinal = 0; ordinal < names.Count; ordinal++)
        {
            if (!names.Bytes(ordinal).SequenceEqual(stored.Bytes(ordinal))) throw LogFaults.Chain(0, $"name {ordinal} is not the one that its first event has");
        }

        // Loading into an empty folder finds every repeated id, in bounded memory.
        using (IdIndex.Load(scratch, reader, head, writes: true))
        {
            return frontier.Root();
        }
    }

    private static bool StreamsMatch(BlockReader reader, BlockHeader header, List<StreamSpan> counted) =>
        counted.SequenceEqual(reader.Part(header, BlockPart.Streams, reader.Zstd, StreamsPart.Decode));

    private static void Require(BlockHeader header, bool holds, string otherwise)
    {
        if (!holds) throw LogFaults.Checksum(header.FirstPosition, otherwise);
    }
}
