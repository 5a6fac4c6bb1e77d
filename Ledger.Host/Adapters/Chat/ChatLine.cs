using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Chat;

/// <summary>What a client says in one line.</summary>
/// <param name="Do">The command.</param>
internal sealed record ChatLine(string Do)
{
    /// <summary>Bytes of a line, without its end.</summary>
    public const int BytesMax = 4_096;

    /// <summary>Bytes of a message's text.</summary>
    public const int TextBytesMax = 1_000;

    /// <summary>Messages of one page of history.</summary>
    public const int PageMax = 50;

    /// <summary>Longest that somebody can be made mute for: a year.</summary>
    public const int MuteMinutesMax = 525_600;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 1, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>Members that each command must have, and those it may have.</summary>
    private static readonly Dictionary<string, (string[] Must, string[] May)> Commands = new(StringComparer.Ordinal)
    {
        ["hello"] = (["token"], []),
        ["pong"] = ([], []),
        ["join"] = (["room"], ["content"]),
        ["leave"] = (["room"], []),
        ["say"] = (["room", "id", "text"], []),
        ["history"] = (["room"], ["before", "limit"]),
        ["mute"] = (["room", "account", "minutes"], []),
        ["unmute"] = (["room", "account"], []),
        ["remove"] = (["room", "number"], []),
    };

    public string Token { get; private set; } = "";

    public string Room { get; private set; } = "";

    public string? Content { get; private set; }

    public string Account { get; private set; } = "";

    /// <summary>The client's own name for a message: what is said again under it is the same message.</summary>
    public string Id { get; private set; } = "";

    public string Text { get; private set; } = "";

    public long Number { get; private set; }

    public long Before { get; private set; } = long.MaxValue;

    public int Limit { get; private set; } = PageMax;

    public int Minutes { get; private set; }

    /// <summary>Reads a line: one flat JSON object, each member once, none unknown.</summary>
    /// <exception cref="ChatFaultException">A code of specs/adapters.md.</exception>
    public static ChatLine Parse(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line)) throw Fault("invalid-utf8", "the line is not UTF-8");
        Dictionary<string, object> members = Members(line);
        if (!members.Remove("do", out object? name)) throw Fault("field-missing", "do: which command it is");
        if (name is not string command || !Commands.TryGetValue(command, out (string[] Must, string[] May) fields))
            throw Fault("command-unknown", $"the commands are {string.Join(", ", Commands.Keys)}");
        if (fields.Must.FirstOrDefault(f => !members.ContainsKey(f)) is { } missing) throw Fault("field-missing", $"{command} has a member {missing}");
        if (members.Keys.FirstOrDefault(k => !fields.Must.Contains(k) && !fields.May.Contains(k)) is not null)
            throw Fault("field-unknown", $"{command} has the members {string.Join(", ", ["do", .. fields.Must, .. fields.May])}");
        ChatLine read = new(command);
        foreach ((string member, object value) in members) read.Take(member, value);
        return read;
    }

    private static Dictionary<string, object> Members(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line, Reading);
        Dictionary<string, object> members = new(StringComparer.Ordinal);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Fault("json-malformed", "a line is one JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                object value = reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number when reader.TryGetInt64(out long number) => number,
                    JsonTokenType.Number => throw Fault("out-of-range", "numbers are whole and of 64 bits"),
                    _ => throw Fault("wrong-type", "members are texts and whole numbers"),
                };
                if (!members.TryAdd(name, value)) throw Fault("field-duplicate", "a member stands twice");
            }

            reader.Read(); // throws when anything but white space is left
            return members;
        }
        catch (JsonException)
        {
            throw Fault("json-malformed", "a line is one flat JSON object");
        }
        catch (InvalidOperationException)
        {
            throw Fault("text-lone-surrogate", "half of a surrogate pair is no character");
        }
    }

    private void Take(string member, object value)
    {
        switch (member)
        {
            case "token": Token = TextOf(member, value); break;
            case "room": Room = IdOf(member, value); break;
            case "content": Content = IdOf(member, value); break;
            case "account": Account = IdOf(member, value); break;
            case "id": Id = IdOf(member, value); break;
            case "text": Text = MessageOf(TextOf(member, value)); break;
            case "number": Number = NumberOf(member, value, long.MaxValue); break;
            case "before": Before = NumberOf(member, value, long.MaxValue); break;
            case "limit": Limit = (int)NumberOf(member, value, PageMax); break;
            case "minutes": Minutes = (int)NumberOf(member, value, MuteMinutesMax); break;
        }
    }

    private static string TextOf(string member, object value) => value as string ?? throw Fault("wrong-type", $"{member} is a text");

    private static string IdOf(string member, object value) => IdText.Fault(TextOf(member, value)) is { } code
        ? throw Fault(code, $"{member} has 1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
        : (string)value;

    private static long NumberOf(string member, object value, long max) => value is not long number ? throw Fault("wrong-type", $"{member} is a whole number")
        : number >= 1 && number <= max ? number
        : throw Fault("out-of-range", string.Create(CultureInfo.InvariantCulture, $"{member} is 1 to {max}"));

    private static string MessageOf(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw Fault("text-empty", "there is nothing in the text");
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.Contains('\u007f')) throw Fault("text-control-character", "a message is one line without control characters");
        return Encoding.UTF8.GetByteCount(text) <= TextBytesMax ? text : throw Fault("text-too-long", $"a message has at most {TextBytesMax} bytes of UTF-8");
    }

    private static ChatFaultException Fault(string code, string detail) => new(new ChatFault(code, detail));
}
