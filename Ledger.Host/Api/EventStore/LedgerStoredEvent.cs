using System.Buffers;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Ledger.Core.Events;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>An event of the ledger's log as the protocol shows it.</summary>
internal sealed class LedgerStoredEvent(RecordedEvent recorded, EventRendering rendering) : StoredEvent
{
    public override string Stream => recorded.Event.Stream.Value;

    public override string Type => EventCatalogue.Name(recorded.Payload.Kind);

    public override long Revision => recorded.Revision;

    public override ulong Position => (ulong)recorded.Position;

    public override RecordedMessage Message(bool structuredIds) => rendering.Message(recorded, structuredIds);
}

/// <summary>Makes messages of recorded events: data is the event's JSON form, custom metadata says what the ledger added. For one reader at a time.</summary>
internal sealed class EventRendering : IDisposable
{
    private const long TicksPerMs = 10_000; // of 100 ns, the protocol's unit

    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly JsonEventWriter _json;
    private string _streamText = "";
    private StreamIdentifier _stream = new();

    public EventRendering() => _json = new JsonEventWriter(_bytes);

    public RecordedMessage Message(RecordedEvent recorded, bool structuredIds)
    {
        NewEvent e = recorded.Event;
        string stream = e.Stream.Value;
        if (stream != _streamText) (_streamText, _stream) = (stream, StreamIdentifier.Of(stream));
        return new RecordedMessage
        {
            Id = structuredIds ? Uuid.StructuredOf(e.Id) : Uuid.TextOf(e.Id),
            Stream = _stream,
            Revision = (ulong)recorded.Revision,
            Prepare = (ulong)recorded.Position,
            Commit = (ulong)recorded.Position,
            Metadata =
            {
                { WireNames.TypeKey, EventCatalogue.Name(e.Payload.Kind) },
                { WireNames.ContentTypeKey, WireNames.Json },
                { WireNames.CreatedKey, (e.RecordedAt.Value * TicksPerMs).ToString(CultureInfo.InvariantCulture) },
            },
            CustomMetadata = ByteString.CopyFrom(Encoding.UTF8.GetBytes(
                $$"""{"recordedAt":"{{e.RecordedAt}}","window":"{{e.Window}}"}""")),
            Data = Data(e),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private ByteString Data(NewEvent e)
    {
        _bytes.ResetWrittenCount();
        _json.Write(new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
        return ByteString.CopyFrom(_bytes.WrittenSpan[..^1]); // without the line feed
    }
}
