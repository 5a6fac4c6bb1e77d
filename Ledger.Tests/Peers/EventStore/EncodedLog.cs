using Google.Protobuf;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>A log's stream as the bytes that answer a read of it: gRPC frames, one an event.</summary>
internal sealed class EncodedLog
{
    private EncodedLog(byte[] frames, int[] starts) => (Frames, Starts) = (frames, starts);

    /// <summary>All frames end to end.</summary>
    public byte[] Frames { get; }

    /// <summary>Where each event's frame begins, and where the last one ends.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>Encodes appends.</summary>
    public static EncodedLog Of(IEnumerable<NewEvent[]> appends)
    {
        using StoredForm form = new();
        using MemoryStream frames = new();
        List<int> starts = [];
        Dictionary<StreamName, long> revisions = [];
        long position = 0;
        foreach (NewEvent[] append in appends)
        {
            ByteString[] data = StoredForm.Prepare(PreparedAppend.Of(append, null));
            for (int i = 0; i < append.Length; i++, position++)
            {
                long revision = revisions[append[i].Stream] = revisions.GetValueOrDefault(append[i].Stream, -1) + 1;
                RecordedMessage message = Recorded(form.Write(new RecordedEvent(position, revision, append[i]), data[i], i, append.Length), (ulong)position);
                starts.Add((int)frames.Length);
                frames.Write(MessageFrames.Of(new ReadResponse { Event = new ReadResponse.Types.ReadEvent { Event = message, Commit = message.Commit } }));
            }
        }

        starts.Add((int)frames.Length);
        return new EncodedLog(frames.ToArray(), [.. starts]);
    }

    private static RecordedMessage Recorded(ProposedMessage proposed, ulong revision) => new()
    {
        Id = proposed.Id,
        Stream = StreamIdentifier.Of(EventStoreDbLog.LogStream),
        Revision = revision,
        Prepare = revision * 700,
        Commit = revision * 700,
        Metadata = { proposed.Metadata, { WireNames.CreatedKey, "17953467411184885" } },
        CustomMetadata = proposed.CustomMetadata,
        Data = proposed.Data,
    };
}
