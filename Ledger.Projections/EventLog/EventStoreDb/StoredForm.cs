using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>An event as the cluster keeps it: type is the kind, data its JSON form, custom metadata its place in the log.</summary>
/// <remarks>
/// Custom metadata, JSON: <c>position</c>, <c>revision</c>, <c>stream</c>, <c>recordedAt</c>, <c>window</c>, and in an append of several events
/// <c>index</c> and <c>of</c>: the event's place in the append and the append's size. <see cref="StoredEventReader"/> reads it back. Not for several threads
/// at once.
/// </remarks>
internal sealed class StoredForm : IDisposable
{
    /// <summary>Largest data: an append less room for type and metadata.</summary>
    public const int DataBytesMax = WireNames.AppendBytesMax - 1_024;

    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly JsonEventWriter _data;
    private readonly Utf8JsonWriter _metadata;
    private readonly JsonEventReader _reader = new();

    public StoredForm()
    {
        _data = new JsonEventWriter(_bytes);
        _metadata = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });
    }

    public void Dispose()
    {
        _data.Dispose();
        _metadata.Dispose();
    }

    /// <summary>The data of events that are to be appended, made and proven on the caller's thread: what is kept must be read back as it is.</summary>
    /// <exception cref="EventFormatException"><c>event-too-large</c>: more than an append of the cluster may have. <c>event-unreadable</c>: it would not be read back.</exception>
    public static ByteString[] Prepare(PreparedAppend prepared)
    {
        using StoredForm form = new();
        ByteString[] data = new ByteString[prepared.Events.Count];
        for (int i = 0; i < data.Length; i++)
        {
            NewEvent e = prepared.Events[i];
            data[i] = form.Data(e);
            if (data[i].Length > DataBytesMax) throw new EventFormatException("event-too-large", null, $"{data[i].Length} bytes of JSON; the cluster keeps at most {DataBytesMax}");
            SubmittedEvent read = form._reader.Read(data[i].Memory).Event;
            if (LogHash.Leaf(CanonicalBytes.Of(e with { Id = read.Id, OccurredAt = read.OccurredAt, Payload = read.Payload })) != prepared.Leaves[i])
                throw new EventFormatException("event-unreadable", null, $"event {e.Id} would not be read back as it is");
        }

        return data;
    }

    /// <summary>The message of an event whose place is decided.</summary>
    public ProposedMessage Write(RecordedEvent recorded, ByteString data, int index, int of) => new()
    {
        Id = Uuid.StructuredOf(recorded.Event.Id),
        Metadata = { { WireNames.TypeKey, EventCatalogue.Name(recorded.Payload.Kind) }, { WireNames.ContentTypeKey, WireNames.Json } },
        Data = data,
        CustomMetadata = Metadata(recorded, index, of),
    };

    /// <summary>What an event adds to an append's size.</summary>
    public static int SizeOf(ProposedMessage message) =>
        WireNames.SizeOf(message.Metadata[WireNames.TypeKey], message.Data.Length, message.CustomMetadata.Length);

    private ByteString Data(NewEvent e)
    {
        _bytes.ResetWrittenCount();
        _data.Write(new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
        return ByteString.CopyFrom(_bytes.WrittenSpan[..^1]); // without the line feed
    }

    private ByteString Metadata(RecordedEvent recorded, int index, int of)
    {
        _bytes.ResetWrittenCount();
        _metadata.Reset();
        _metadata.WriteStartObject();
        _metadata.WriteNumber("position"u8, recorded.Position);
        _metadata.WriteNumber("revision"u8, recorded.Revision);
        _metadata.WriteString("stream"u8, recorded.Event.Stream.Value);
        _metadata.WriteString("recordedAt"u8, recorded.Event.RecordedAt.ToString());
        _metadata.WriteString("window"u8, recorded.Event.Window.ToString());
        if (of > 1)
        {
            _metadata.WriteNumber("index"u8, index);
            _metadata.WriteNumber("of"u8, of);
        }

        _metadata.WriteEndObject();
        _metadata.Flush();
        return ByteString.CopyFrom(_bytes.WrittenSpan);
    }
}
