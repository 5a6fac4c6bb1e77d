using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Reads back what <see cref="StoredForm"/> wrote; plainly written activity stays where it lies and costs no object. Not for several threads at once.</summary>
internal sealed class StoredEventReader
{
    private const int TextMax = 64; // characters of a time or a day, however it is written

    private readonly JsonEventReader _data = new();
    private readonly ActivityStreams _streams = new();

    /// <summary>Reads an event of the log's stream.</summary>
    /// <exception cref="LogFaultException"><c>event-foreign</c>: the stream holds something that this log did not write.</exception>
    public StoredEvent Read(in ReadMessage message)
    {
        try
        {
            SubmittedEvent e = _data.ReadInPlace(message.Data);
            Place place = ReadPlace(message.CustomMetadata.Span);
            if (!message.TryId(out EventId id) || id != e.Id) throw new EventFormatException("id-mismatch", "id", $"the message's id is not {e.Id}");
            if (!message.TryType(out ReadOnlyMemory<byte> type)) throw new EventFormatException("type-mismatch", "type", "there is none");
            if (!Ascii.Equals(type.Span, EventCatalogue.Name(e.Kind))) throw new EventFormatException("type-mismatch", "type", Encoding.UTF8.GetString(type.Span));
            StreamName stream = e.TryPlain(out PlainActivity plain) ? _streams.Of(place.Window, plain.Account) : e.Payload.Stream(place.Window);
            if (!Ascii.Equals(place.Stream, stream.Value) && Encoding.UTF8.GetString(place.Stream) != stream.Value)
                throw new EventFormatException("stream-mismatch", "stream", Encoding.UTF8.GetString(place.Stream));
            return new StoredEvent(message.Revision, place.Index, place.Of, place.Position, place.Revision, stream, place.RecordedAt, place.Window, e);
        }
        catch (Exception e) when (e is EventFormatException or JsonException or InvalidOperationException or FormatException)
        {
            throw new LogFaultException("event-foreign", $"revision {message.Revision} of the log's stream is not what this log writes ({e.Message}); nothing else may append there", e);
        }
    }

    private static Place ReadPlace(ReadOnlySpan<byte> json)
    {
        Place place = new() { Of = 1, Position = -1, Revision = -1 };
        Utf8JsonReader reader = new(json);
        reader.Read();
        Span<char> text = stackalloc char[TextMax];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("position"u8)) place.Position = Next(ref reader).GetInt64();
            else if (reader.ValueTextEquals("revision"u8)) place.Revision = Next(ref reader).GetInt64();
            else if (reader.ValueTextEquals("stream"u8)) place.Stream = Name(ref reader);
            else if (reader.ValueTextEquals("recordedAt"u8)) place.RecordedAt = UnixMs.TryParse(text[..Copy(ref reader, text)], out UnixMs at) ? at : throw new FormatException("recordedAt");
            else if (reader.ValueTextEquals("window"u8)) place.Window = Day.TryParse(text[..Copy(ref reader, text)], out Day day) ? day : throw new FormatException("window");
            else if (reader.ValueTextEquals("index"u8)) place.Index = Next(ref reader).GetInt32();
            else if (reader.ValueTextEquals("of"u8)) place.Of = Next(ref reader).GetInt32();
            else throw new FormatException("a member that this build does not know; use a newer one");
        }

        return place is { Position: >= 0, Revision: >= 0, Index: >= 0 } && place.Index < place.Of ? place : throw new FormatException("no place in the log");
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ref reader;
    }

    // Only names that are not plain ASCII are escaped.
    private static ReadOnlySpan<byte> Name(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false } ? reader.ValueSpan : Encoding.UTF8.GetBytes(reader.GetString() ?? "");
    }

    private static int Copy(ref Utf8JsonReader reader, scoped Span<char> text)
    {
        reader.Read();
        return reader.ValueSpan.Length <= text.Length ? reader.CopyString(text) : throw new FormatException("a text that is too long for a time");
    }

    private ref struct Place
    {
        public long Position;
        public long Revision;
        public ReadOnlySpan<byte> Stream;
        public UnixMs RecordedAt;
        public Day Window;
        public int Index;
        public int Of;
    }
}
