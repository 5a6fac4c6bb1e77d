using System.Runtime.InteropServices;
using System.Text;

namespace Ledger.Core.Events;

/// <summary>What happened in an event of a columnar kind, left where it was read: two names in their text, and a number.</summary>
/// <remarks>It is checked in full, and costs no object; the text must stay as it is for as long as the event is in use.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PlainActivity
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly ushort _accountStart;
    private readonly ushort _targetStart;
    private readonly byte _accountSize;
    private readonly byte _targetSize;
    private readonly byte _kind;

    internal PlainActivity(EventKind kind, ReadOnlyMemory<byte> text, JsonMember account, JsonMember target, long value)
    {
        (_kind, _text, Value) = (checked((byte)kind), text, value);
        (_accountStart, _accountSize) = Within(account);
        (_targetStart, _targetSize) = Within(target);
    }

    public EventKind Kind => (EventKind)_kind;

    /// <summary>The actor's name, in UTF-8.</summary>
    public ReadOnlySpan<byte> Account => _text.Span.Slice(_accountStart, _accountSize);

    /// <summary>The name of what was acted on, in UTF-8.</summary>
    public ReadOnlySpan<byte> Target => _text.Span.Slice(_targetStart, _targetSize);

    /// <summary>The kind's number; see <see cref="ActivityColumns"/>.</summary>
    public long Value { get; }

    /// <summary>The same as an object that lasts.</summary>
    public EventPayload Payload => ActivityColumns.Payload(Kind, Encoding.UTF8.GetString(Account), Encoding.UTF8.GetString(Target), Value);

    // The quotes are the member's, not the name's.
    private static (ushort Start, byte Size) Within(JsonMember member) => checked(((ushort)(member.ValueStart + 1), (byte)(member.ValueSize - 2)));
}
