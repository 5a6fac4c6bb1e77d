using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Files;

/// <summary>Gives an event's fields from the texts that its mapping fills in.</summary>
internal sealed class MappedFields(IReadOnlyDictionary<string, Template> templates) : IFieldReader
{
    /// <summary>The current row.</summary>
    public required RowTexts Texts { get; init; }

    public AccountId Account(string name) => new(Id(name));

    public SpaceId Space(string name) => new(Id(name));

    public ContentId Content(string name) => new(Id(name));

    public AppId App(string name) => new(Id(name));

    public string Text(string name) => templates[name].Fill(Texts);

    public byte Byte(string name) => (byte)Whole(name, byte.MaxValue);

    public uint UInt32(string name) => (uint)Whole(name, uint.MaxValue);

    public long Int64(string name) => (long)Whole(name, long.MaxValue);

    public ulong UInt64(string name) => Whole(name, ulong.MaxValue);

    public TokenAmount Amount(string name) => TokenAmount.TryParse(Text(name), out TokenAmount amount)
        ? amount
        : throw new EventFormatException("number-not-canonical", name, "base units as decimal digits");

    public Digest Digest(string name) => throw NotMapped(name);

    public Cid Cid(string name) => throw NotMapped(name);

    public WalletAddress Wallet(string name) => WalletAddress.TryParse(Text(name), out WalletAddress wallet)
        ? wallet
        : throw new EventFormatException("wallet-malformed", name, "0x and 40 hexadecimal digits");

    public EventId Event(string name) => EventId.TryParse(Text(name), out EventId id)
        ? id
        : throw new EventFormatException("uuid-malformed", name, "a UUID");

    public Day Day(string name) => throw NotMapped(name);

    public byte[] Bytes(string name) => throw NotMapped(name);

    private static InvalidOperationException NotMapped(string name) => new($"field '{name}' is of no kind and version that a mapping states");

    private string Id(string name)
    {
        string text = Text(name);
        return IdText.Fault(text) is { } fault
            ? throw new EventFormatException(fault, name, $"an id is 1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
            : text;
    }

    private ulong Whole(string name, ulong max)
    {
        string text = Text(name);
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)) throw new EventFormatException("number-malformed", name, "a whole number");
        return value <= max ? value : throw new EventFormatException("out-of-range", name, $"{value}; at most {max}");
    }
}

/// <summary>Finds out which fields a kind has by letting it read them.</summary>
internal sealed class FieldNames : IFieldReader
{
    private readonly List<string> _names = [];

    public static IReadOnlyList<string> Of(EventKind kind)
    {
        FieldNames fields = new();
        EventCatalogue.Read(kind, 1, fields);
        return fields._names;
    }

    public AccountId Account(string name) => new(Note(name));

    public SpaceId Space(string name) => new(Note(name));

    public ContentId Content(string name) => new(Note(name));

    public AppId App(string name) => new(Note(name));

    public string Text(string name) => Note(name);

    public byte Byte(string name) => (byte)(Note(name).Length & 0);

    public uint UInt32(string name) => Byte(name);

    public long Int64(string name) => Byte(name);

    public ulong UInt64(string name) => Byte(name);

    public TokenAmount Amount(string name) => TokenAmount.FromBaseUnits(Byte(name));

    public Digest Digest(string name) => new(Byte(name), 0, 0, 0);

    public Cid Cid(string name) => new(Byte(name) == 0 ? CidCodec.Raw : CidCodec.DagPb, default);

    public WalletAddress Wallet(string name) => new(Byte(name), 0);

    public EventId Event(string name) => new(Byte(name));

    public Day Day(string name) => Core.Time.Day.FromNumber(Byte(name));

    public byte[] Bytes(string name) => new byte[Byte(name)];

    private string Note(string name)
    {
        _names.Add(name);
        return name;
    }
}
