using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Takes the fields of an event in their persisted order; canonical bytes and JSON are two implementations.</summary>
public interface IFieldWriter
{
    void Account(string name, AccountId value);
    void Space(string name, SpaceId value);
    void Content(string name, ContentId value);
    void App(string name, AppId value);
    void Text(string name, string value);
    void Byte(string name, byte value);
    void UInt32(string name, uint value);
    void Int64(string name, long value);
    void UInt64(string name, ulong value);
    void Amount(string name, TokenAmount value);
    void Digest(string name, Digest value);
    void Cid(string name, Cid value);
    void Wallet(string name, WalletAddress value);
    void Event(string name, EventId value);
    void Day(string name, Day value);
    void Bytes(string name, ReadOnlySpan<byte> value);
}

/// <summary>Gives back the fields of an event in the order they were written.</summary>
/// <remarks>A reader throws <see cref="EventFormatException"/> with a stable code and the field's name; it never guesses.</remarks>
public interface IFieldReader
{
    AccountId Account(string name);
    SpaceId Space(string name);
    ContentId Content(string name);
    AppId App(string name);
    string Text(string name);
    byte Byte(string name);
    uint UInt32(string name);
    long Int64(string name);
    ulong UInt64(string name);
    TokenAmount Amount(string name);
    Digest Digest(string name);
    Cid Cid(string name);
    WalletAddress Wallet(string name);
    EventId Event(string name);
    Day Day(string name);
    byte[] Bytes(string name);
}
