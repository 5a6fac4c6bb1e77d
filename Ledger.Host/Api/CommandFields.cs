using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Host.Api;

/// <summary>Learns an event kind's fields by letting its reader ask for them.</summary>
internal sealed class CommandFields : IFieldReader
{
    private readonly List<(string Name, string Type)> _asked = [];

    private CommandFields()
    {
    }

    /// <summary>The fields of the newest version in persisted order, each with the name of its type.</summary>
    public static IReadOnlyList<(string Name, string Type)> Of(EventKind kind)
    {
        CommandFields fields = new();
        EventCatalogue.Read(kind, EventCatalogue.Version(kind), fields);
        return fields._asked;
    }

    public AccountId Account(string name) => Asked(name, "account id", new AccountId("a"));

    public SpaceId Space(string name) => Asked(name, "space id", new SpaceId("s"));

    public ContentId Content(string name) => Asked(name, "video id", new ContentId("c"));

    public AppId App(string name) => Asked(name, "application id", new AppId("a"));

    public string Text(string name) => Asked(name, "text", "t");

    public byte Byte(string name) => Asked(name, "uint32", (byte)0);

    public uint UInt32(string name) => Asked(name, "uint32", 0u);

    public long Int64(string name) => Asked(name, "int64", 0L);

    public ulong UInt64(string name) => Asked(name, "uint64", 0ul);

    public TokenAmount Amount(string name) => Asked(name, "base units (10^-18 WE) as a decimal string", TokenAmount.Zero);

    public Digest Digest(string name) => Asked(name, "hash", default(Digest));

    public Cid Cid(string name) => Asked(name, "CIDv1 in base32", default(Cid));

    public WalletAddress Wallet(string name) => Asked(name, "wallet address", default(WalletAddress));

    public EventId Event(string name) => Asked(name, "event id", default(EventId));

    public Day Day(string name) => Asked(name, "day", default(Day));

    public byte[] Bytes(string name) => Asked(name, "bytes in Base64", Array.Empty<byte>());

    private T Asked<T>(string name, string type, T answer)
    {
        _asked.Add((name, type));
        return answer;
    }
}
