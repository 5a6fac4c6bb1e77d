using System.Globalization;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Carries a refusal out of the nested reading of a file to <see cref="ProofFile.Read"/>, which makes it a value again.</summary>
internal sealed class ProofFormatException(ProofFileError error) : Exception(error.ToString())
{
    public ProofFileError Error => error;
}

/// <summary>One JSON object of a proof: every member is there, once, of its type, and taken.</summary>
internal sealed class ProofObject
{
    /// <summary>A path has a hash per level, and no tree has more levels than a 64-bit size has bits.</summary>
    private const int PathMax = 64;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly string _path;

    public ProofObject(JsonElement json, string path)
    {
        _path = path;
        if (json.ValueKind != JsonValueKind.Object) throw new ProofFormatException(new ProofFileError("wrong-type", path, $"an object is expected, not {json.ValueKind}"));
        foreach (JsonProperty member in json.EnumerateObject())
        {
            string name = Unescaped(() => member.Name) ?? throw Fault("field-unknown", "?", "half of a surrogate pair is no character");
            if (!_members.TryAdd(name, member.Value)) throw Fault("field-duplicate", name, "the field is there twice");
        }
    }

    public ProofFormatException Fault(string code, string name, string expected) => new(new ProofFileError(code, $"{_path}.{name}", expected));

    public void RequireAllTaken()
    {
        foreach (string name in _members.Keys) throw Fault("field-unknown", name, "there is no such field here");
    }

    /// <summary>Whether a member is null; if so, it is taken.</summary>
    public bool IsNull(string name) =>
        _members.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null && _members.Remove(name);

    public ProofObject Object(string name) => new(Take(name), $"{_path}.{name}");

    public IEnumerable<ProofObject> Objects(string name, int countMax) => Items(name, countMax).Select((item, i) => new ProofObject(item, $"{_path}.{name}[{i}]"));

    public string Text(string name) => Text(name, Take(name));

    public string[] Texts(string name, int countMax) => [.. Items(name, countMax).Select(item => Text(name, item))];

    public Digest[] Digests(string name) => [.. Items(name, PathMax).Select(item => ToDigest(name, Text(name, item)))];

    public Digest Digest(string name) => ToDigest(name, Text(name));

    public AccountId Account(string name) => Text(name) is var text && IdText.Fault(text) is { } fault
        ? throw Fault("bad-value", name, $"{fault}: an id is 1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
        : new AccountId(text);

    public WalletAddress Wallet(string name) =>
        WalletAddress.TryParse(Text(name), out WalletAddress wallet) ? wallet : throw Fault("bad-value", name, "0x and 40 hexadecimal digits");

    public Day Day(string name) => Time.Day.TryParse(Text(name), out Day day) ? day : throw Fault("bad-value", name, "a UTC day such as 2026-11-22");

    public TokenAmount Amount(string name) =>
        TokenAmount.TryParse(Text(name), out TokenAmount amount) ? amount : throw Fault("bad-value", name, "base units in decimal digits");

    public ulong UInt64(string name) => ulong.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw Fault("bad-value", name, "a whole number in decimal digits");

    public long Int64(string name) => Take(name) is { ValueKind: JsonValueKind.Number } json && json.TryGetInt64(out long value) && value >= 0
        ? value
        : throw Fault("bad-value", name, "a whole number, not below zero");

    public byte[] Hex(string name)
    {
        string text = Text(name);
        byte[] bytes = new byte[Math.Max(0, text.Length - 2) / 2];
        bool ok = text.StartsWith("0x", StringComparison.Ordinal) && text.Length % 2 == 0
            && Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        return ok ? bytes : throw Fault("bad-value", name, "0x and an even number of hexadecimal digits");
    }

    public byte[] Base64(string name) => Take(name) is { ValueKind: JsonValueKind.String } json && json.TryGetBytesFromBase64(out byte[]? bytes)
        ? bytes
        : throw Fault("bad-value", name, "standard Base64 with padding");

    /// <summary>A text with its escapes resolved; null when they make no text.</summary>
    private static string? Unescaped(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private Digest ToDigest(string name, string text) =>
        Merkle.Digest.TryParse(text, out Digest digest) ? digest : throw Fault("bad-value", name, "0x and 64 hexadecimal digits");

    private string Text(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String) throw Fault("wrong-type", name, $"a text is expected, not {json.ValueKind}");
        return Unescaped(json.GetString) ?? throw Fault("bad-value", name, "half of a surrogate pair is no character");
    }

    private IEnumerable<JsonElement> Items(string name, int countMax)
    {
        JsonElement json = Take(name);
        if (json.ValueKind != JsonValueKind.Array) throw Fault("wrong-type", name, $"an array is expected, not {json.ValueKind}");
        return json.GetArrayLength() <= countMax ? json.EnumerateArray() : throw Fault("too-many", name, $"at most {countMax} items");
    }

    private JsonElement Take(string name) => _members.Remove(name, out JsonElement json) ? json : throw Fault("field-missing", name, "the field is missing");
}
