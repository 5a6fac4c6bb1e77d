using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.Ingest;

/// <summary>The items of a request: events that may be submitted, and items that are refused before anybody is asked.</summary>
internal sealed class EventBatch
{
    private static readonly JsonReaderOptions ArrayReading = new() { MaxDepth = 8, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    // Somewhat less than most: room for the events of a usual body at once.
    private const int ItemBytesUsual = 128;

    [ThreadStatic]
    private static JsonEventReader? s_reader; // a reader keeps its scratch; reading never leaves its thread

    private readonly ApiCaller _caller;
    private readonly List<SubmittedEvent> _events;
    private readonly List<(int Item, Refusal Refusal)> _refused = [];

    private EventBatch(ApiCaller caller, int bodyBytes)
    {
        _caller = caller;
        _events = new List<SubmittedEvent>(Math.Min(bodyBytes / ItemBytesUsual, ApiLimits.BatchItemsMax));
    }

    /// <summary>Items, of whatever kind.</summary>
    public int Count => _events.Count + _refused.Count;

    /// <summary>The events to submit, in order.</summary>
    public IReadOnlyList<SubmittedEvent> Events => _events;

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="isNdJson">An object a line; else one object or an array of them.</param>
    /// <param name="caller">Decides by its scopes which kinds it may state.</param>
    /// <exception cref="ApiProblemException"><c>json-malformed</c>: the items cannot be told apart; or <c>batch-too-large</c>, <c>batch-empty</c>.</exception>
    public static EventBatch Read(ReadOnlyMemory<byte> body, bool isNdJson, ApiCaller caller)
    {
        EventBatch batch = new(caller, body.Length);
        if (isNdJson) batch.ReadLines(body);
        else batch.ReadDocument(body);
        return batch.Count > 0 ? batch : throw new ApiProblemException(Problems.Malformed("batch-empty", "the body holds no event"));
    }

    /// <summary>One outcome for every item, in the order of the items, made of the outcomes of <see cref="Events"/>.</summary>
    public IntakeOutcome[] OfItems(IntakeOutcome[] ofEvents)
    {
        if (_refused.Count == 0) return ofEvents;
        IntakeOutcome[] ofItems = new IntakeOutcome[Count];
        int taken = 0;
        int refused = 0;
        for (int item = 0; item < ofItems.Length; item++)
        {
            ofItems[item] = refused < _refused.Count && _refused[refused].Item == item
                ? new IntakeOutcome(IntakeStatus.Refused, -1, _refused[refused++].Refusal)
                : ofEvents[taken++];
        }

        return ofItems;
    }

    private void ReadLines(ReadOnlyMemory<byte> body)
    {
        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!line.Span.ContainsAnyExcept(" \t\r"u8)) continue;
            Add(line);
        }
    }

    private void ReadDocument(ReadOnlyMemory<byte> body)
    {
        Utf8JsonReader reader = new(body.Span, ArrayReading);
        try
        {
            bool isArray = reader.Read() && reader.TokenType == JsonTokenType.StartArray;
            if (isArray) reader.Read();
            while (reader.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                Add(body[start..(int)reader.BytesConsumed]);
                if (!isArray) break;
                reader.Read();
            }

            reader.Read(); // throws when anything but white space is left
        }
        catch (JsonException e)
        {
            throw new ApiProblemException(Problems.Malformed("json-malformed", $"no JSON event and no array of them (line {e.LineNumber + 1}, byte {e.BytePositionInLine}); nothing was taken"));
        }
    }

    private void Add(ReadOnlyMemory<byte> json)
    {
        if (Count == ApiLimits.BatchItemsMax) throw new ApiProblemException(Problems.BatchTooLarge);
        try
        {
            SubmittedEvent e = (s_reader ??= new JsonEventReader()).Read(json).Event;
            if (KindScopes.Of(e.Payload.Kind) is { } scope && !_caller.May(scope))
                Refuse("scope-missing", "kind", $"stating {EventCatalogue.Name(e.Payload.Kind)} needs the scope {scope}");
            else
                _events.Add(e);
        }
        catch (EventFormatException e)
        {
            Refuse(e.Code, e.Field, e.Message);
        }
    }

    private void Refuse(string code, string? field, string detail) => _refused.Add((Count, new Refusal(code, field, detail)));
}
