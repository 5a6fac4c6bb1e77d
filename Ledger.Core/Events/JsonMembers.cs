using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ledger.Core.Events;

/// <summary>The members of one JSON object, found in one pass and handed out by name; each may be taken once and all must be.</summary>
/// <remarks>Reused from line to line, so reading a line allocates nothing but what the event itself needs.</remarks>
internal sealed class JsonMembers
{
    /// <summary>No event has more members than this; a larger object is refused before it costs anything.</summary>
    private const int MembersMax = 128;

    /// <summary>The event, and its place in the log inside it.</summary>
    private const int DepthMax = 2;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = DepthMax + 1, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private readonly JsonMember[] _members = new JsonMember[MembersMax];
    private ReadOnlyMemory<byte> _json;
    private int _count;
    private int _taken;
    private int _next;

    /// <summary>Takes a new object.</summary>
    public void Load(ReadOnlyMemory<byte> json)
    {
        _json = json;
        _count = 0;
        _taken = 0;
        _next = 0;
        try
        {
            Scan(json.Span);
        }
        catch (JsonException e)
        {
            throw new EventFormatException("json-malformed", null, $"no JSON object on the line (byte {e.BytePositionInLine})");
        }
    }

    /// <summary>Whether a member of this name is there.</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>The raw bytes of a member's value, its quotes included, and its type.</summary>
    public ReadOnlyMemory<byte> Take(string name, out JsonTokenType type)
    {
        int index = Find(name);
        if (index < 0) throw new EventFormatException("field-missing", name, "the event has no such field");
        ref JsonMember member = ref _members[index];
        if (!member.Taken) _taken++;
        member.Taken = true;
        _next = index + 1;
        type = member.Type;
        return _json.Slice(member.ValueStart, member.ValueSize);
    }

    /// <summary>Fails when a member is left that nobody took.</summary>
    public void RequireAllTaken()
    {
        if (_taken == _count) return;
        for (int i = 0; i < _count; i++)
        {
            if (!_members[i].Taken) throw new EventFormatException("field-unknown", NameOf(_members[i]), "this kind of event has no such field");
        }
    }

    private void Scan(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new EventFormatException("invalid-utf8", null, "the line is not UTF-8");
        Span<uint> tags = stackalloc uint[MembersMax];
        if (PlainJson.Members(json, _members) is >= 0 and var count)
        {
            while (_count < count) Add(_members[_count], json, tags);
            return;
        }

        Utf8JsonReader reader = new(json, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new EventFormatException("json-not-object", null, "an event is a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            JsonMember member = new() { NameStart = (int)reader.TokenStartIndex + 1, NameSize = reader.ValueSpan.Length };
            if (reader.ValueIsEscaped) throw new EventFormatException("field-unknown", NameOf(member), "no field's name has an escape in it");
            reader.Read();
            member.Type = reader.TokenType;
            member.ValueStart = (int)reader.TokenStartIndex;
            SkipValue(ref reader);
            member.ValueSize = (int)reader.BytesConsumed - member.ValueStart;
            Add(member, json, tags);
        }

        reader.Read();
    }

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        do
        {
            if (reader.CurrentDepth >= DepthMax && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                throw new EventFormatException("json-too-deep", null, $"more than {DepthMax} levels");
            reader.Read();
        }
        while (reader.CurrentDepth > depth);
    }

    /// <param name="member">The member.</param>
    /// <param name="json">The object.</param>
    /// <param name="tags">Of the members before: length and three bytes of each name, so that hardly two names are compared in full.</param>
    private void Add(JsonMember member, ReadOnlySpan<byte> json, Span<uint> tags)
    {
        if (_count == MembersMax) throw new EventFormatException("json-too-many-fields", null, $"more than {MembersMax} fields");
        ReadOnlySpan<byte> name = json.Slice(member.NameStart, member.NameSize);
        uint tag = name.IsEmpty ? 0 : ((uint)name.Length << 24) | ((uint)name[0] << 16) | ((uint)name[name.Length / 2] << 8) | name[^1];
        for (ReadOnlySpan<uint> rest = tags[.._count]; rest.IndexOf(tag) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            ref readonly JsonMember same = ref _members[_count - rest.Length + at];
            if (json.Slice(same.NameStart, same.NameSize).SequenceEqual(name)) throw new EventFormatException("field-duplicate", NameOf(member), "the field is there twice");
        }

        tags[_count] = tag;
        _members[_count++] = member;
    }

    private int Find(string name)
    {
        // Writers keep the persisted order, so the member after the last one taken is nearly always the one.
        ReadOnlySpan<byte> json = _json.Span;
        if (_next < _count && IsNamed(json, _members[_next], name)) return _next;
        for (int i = 0; i < _count; i++)
        {
            if (IsNamed(json, _members[i], name)) return i;
        }

        return -1;
    }

    private static bool IsNamed(ReadOnlySpan<byte> json, in JsonMember member, string name) =>
        member.NameSize == name.Length && Ascii.Equals(json.Slice(member.NameStart, member.NameSize), name);

    /// <summary>A name for an error message: a sender's name may be of any length.</summary>
    private string NameOf(JsonMember member)
    {
        string name = Encoding.UTF8.GetString(_json.Span.Slice(member.NameStart, member.NameSize));
        return name.Length <= 64 ? name : name[..64];
    }
}
