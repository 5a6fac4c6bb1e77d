using System.Buffers;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.Ingest;

/// <summary>The items of a request: events that may be submitted, and items that are refused before anybody is asked.</summary>
internal sealed class EventBatch : IDisposable
{
    private static readonly JsonReaderOptions ArrayReading = new() { MaxDepth = 8, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    // Where nothing tells how many there are.
    private const int ItemsFirst = 16;

    [ThreadStatic]
    private static JsonEventReader? s_reader; // a reader keeps its scratch; reading never leaves its thread

    private readonly ApiCaller _caller;
    private readonly List<(int Item, Refusal Refusal)> _refused = [];
    private SubmittedEvent[] _events; // pooled: a batch of a thousand is as large as its body
    private int _taken;

    private EventBatch(ApiCaller caller, int items)
    {
        _caller = caller;
        _events = ArrayPool<SubmittedEvent>.Shared.Rent(items);
    }

    /// <summary>Items, of whatever kind.</summary>
    public int Count => _taken + _refused.Count;

    /// <summary>The events to submit, in order; they and what they were read from stay until the batch is disposed of.</summary>
    public IReadOnlyList<SubmittedEvent> Events => new ArraySegment<SubmittedEvent>(_events, 0, _taken);

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8; it must not change while the batch is in use.</param>
    /// <param name="isNdJson">An object a line; else one object or an array of them.</param>
    /// <param name="caller">Decides by its scopes which kinds it may state.</param>
    /// <exception cref="ApiProblemException"><c>json-malformed</c>: the items cannot be told apart; or <c>batch-too-large</c>, <c>batch-empty</c>.</exception>
    public static EventBatch Read(ReadOnlyMemory<byte> body, bool isNdJson, ApiCaller caller)
    {
        EventBatch batch = new(caller, isNdJson ? Math.Min(body.Span.Count((byte)'\n') + 1, ApiLimits.BatchItemsMax) : ItemsFirst);
        try
        {
            if (isNdJson) batch.ReadLines(body);
            else batch.ReadDocument(body);
            return batch.Count > 0 ? batch : throw new ApiProblemException(Problems.Malformed("batch-empty", "the body holds no event"));
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.AsSpan(0, _taken).Clear(); // or it would keep bodies alive
        ArrayPool<SubmittedEvent>.Shared.Return(_events);
        (_events, _taken) = ([], 0);
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
            SubmittedEvent e = (s_reader ??= new JsonEventReader()).ReadInPlace(json);
            if (KindScopes.Of(e.Kind) is { } scope && !_caller.May(scope))
                Refuse("scope-missing", "kind", $"stating {EventCatalogue.Name(e.Kind)} needs the scope {scope}");
            else
                Take(e);
        }
        catch (EventFormatException e)
        {
            Refuse(e.Code, e.Field, e.Message);
        }
    }

    private void Take(in SubmittedEvent e)
    {
        if (_taken == _events.Length)
        {
            SubmittedEvent[] larger = ArrayPool<SubmittedEvent>.Shared.Rent(2 * _taken);
            _events.CopyTo(larger, 0);
            ArrayPool<SubmittedEvent>.Shared.Return(_events, clearArray: true);
            _events = larger;
        }

        _events[_taken++] = e;
    }

    private void Refuse(string code, string? field, string detail) => _refused.Add((Count, new Refusal(code, field, detail)));
}
