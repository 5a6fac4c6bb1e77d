using System.Numerics;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Tests.Support;

/// <summary>Makes a payload of any kind without knowing the kind: it answers every field that the payload's reader asks for.</summary>
/// <remarks>Values follow from the seed alone. A seed of 0 gives round, readable values; any other gives values all over each field's range.</remarks>
public sealed class SampleFields(ulong seed) : IFieldReader
{
    private static readonly string[] Words = ["video", "é", "라이브", "𝄞", "a b", "\"q\"", "\\", "/", "<&>", "\u2028", "x", "7", "ﬀ", "\u0301"];

    private readonly bool _readable = seed == 0;
    private ulong _state = seed;

    /// <summary>The fields asked for, in order, each with its type's name.</summary>
    public List<(string Name, string Type)> Asked { get; } = [];

    /// <summary>An event of a kind in its newest version.</summary>
    public static NewEvent Event(EventKind kind, ulong seed = 0) => Event(kind, EventCatalogue.Version(kind), seed);

    /// <summary>An event of a kind in a schema version.</summary>
    public static NewEvent Event(EventKind kind, byte version, ulong seed)
    {
        SampleFields fields = new(seed);
        EventPayload payload = EventCatalogue.Read(kind, version, fields);
        if (seed == 0)
        {
            UnixMs noon = UnixMs.From(1_795_348_800_000);
            return new NewEvent(EventId.Derive("sample", EventCatalogue.Name(kind)), noon, noon.PlusMs(250), Core.Time.Day.Of(noon), payload);
        }

        return new NewEvent(
            new EventId(new UInt128(fields.Next(), fields.Next())),
            UnixMs.From((long)(fields.Next() % (ulong)UnixMs.MaxValue.Value)),
            UnixMs.From((long)(fields.Next() % (ulong)UnixMs.MaxValue.Value)),
            fields.Day("window"),
            payload);
    }

    public AccountId Account(string name) => new(Id(name, "account"));

    public SpaceId Space(string name) => new(Id(name, "space"));

    public ContentId Content(string name) => new(Id(name, "content"));

    public AppId App(string name) => new(Id(name, "app"));

    public string Text(string name)
    {
        Asked.Add((name, "text"));
        return _readable ? name + " 라이브" : RandomText((int)(Next() % 120), name == "batch" ? IdText.BytesMax : CanonicalFieldWriter.TextBytesMax);
    }

    public byte Byte(string name) => Number(name, "byte", 7, n => unchecked((byte)n));

    public uint UInt32(string name) => Number(name, "uint32", 60, n => unchecked((uint)n));

    public long Int64(string name) => Number(name, "int64", 29_922_480, n => unchecked((long)n));

    public ulong UInt64(string name) => Number(name, "uint64", 1_000_000, n => n);

    public TokenAmount Amount(string name) => Number(name, "amount", 0, n => TokenAmount.FromBaseUnits(_readable ? 1_500_000_000_000_000_000 : new UInt128(Next() * (n & 1), n)));

    public Digest Digest(string name) => Number(name, "digest", 0, n => new Digest(n, n >> 1, n << 1, 0xdd));

    public Cid Cid(string name) => Number(name, "cid", 0, n => new Cid((n & 1) == 0 ? CidCodec.DagPb : CidCodec.Raw, new Digest(n, ~n, n << 3, 0xc1d)));

    public WalletAddress Wallet(string name) => Number(name, "wallet", 0xabcdef, n => new WalletAddress(new UInt128(n, ~n), unchecked((uint)n)));

    public EventId Event(string name) => Number(name, "event-id", 0x1234, n => new EventId(new UInt128(n, ~n)));

    public Day Day(string name) => Number(name, "day", 20_779, n => Core.Time.Day.FromNumber((int)(n % 2_932_897)));

    public byte[] Bytes(string name)
    {
        Asked.Add((name, "bytes"));
        if (_readable) return Encoding.UTF8.GetBytes("{}");
        byte[] bytes = new byte[Next() % 200];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Next() & 0xff);
        return bytes;
    }

    private string Id(string name, string type)
    {
        Asked.Add((name, type));
        return _readable ? name + "-1" : RandomText(1 + (int)(Next() % 8), IdText.BytesMax);
    }

    private string RandomText(int words, int bytesMax)
    {
        StringBuilder text = new();
        for (int i = 0; i < words; i++)
        {
            string word = Words[Next() % (ulong)Words.Length];
            if (Encoding.UTF8.GetByteCount(text + word) > bytesMax) break;
            text.Append(word);
        }

        return text.ToString();
    }

    private T Number<T>(string name, string type, ulong readable, Func<ulong, T> make)
    {
        Asked.Add((name, type));
        if (_readable) return make(readable);
        ulong n = Next();
        // Small, large and extreme values alike.
        return make((n & 7) switch { 0 => 0, 1 => ulong.MaxValue, _ => Next() >> BitOperations.TrailingZeroCount(n) });
    }

    // splitmix64
    private ulong Next()
    {
        unchecked
        {
            _state += 0x9e3779b97f4a7c15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
