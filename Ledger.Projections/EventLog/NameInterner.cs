using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>Gives every id among an event's fields an ordinal, in the order of the fields.</summary>
public sealed class NameInterner(NameTable names) : IFieldWriter
{
    public void Account(string name, AccountId value) => names.Intern(value.Value);

    public void Space(string name, SpaceId value) => names.Intern(value.Value);

    public void Content(string name, ContentId value) => names.Intern(value.Value);

    public void App(string name, AppId value) => names.Intern(value.Value);

    public void Text(string name, string value)
    {
    }

    public void Byte(string name, byte value)
    {
    }

    public void UInt32(string name, uint value)
    {
    }

    public void Int64(string name, long value)
    {
    }

    public void UInt64(string name, ulong value)
    {
    }

    public void Amount(string name, TokenAmount value)
    {
    }

    public void Digest(string name, Digest value)
    {
    }

    public void Cid(string name, Cid value)
    {
    }

    public void Wallet(string name, WalletAddress value)
    {
    }

    public void Event(string name, EventId value)
    {
    }

    public void Day(string name, Day value)
    {
    }

    public void Bytes(string name, ReadOnlySpan<byte> value)
    {
    }
}
