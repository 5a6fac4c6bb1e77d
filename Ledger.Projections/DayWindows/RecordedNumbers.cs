using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows;

/// <summary>An event's fields by name, so that a recorded event and a recomputed one can be compared number by number.</summary>
public static class RecordedNumbers
{
    /// <summary>The fields in persisted order.</summary>
    public static IReadOnlyList<(string Field, string Value)> Of(EventPayload payload)
    {
        Lister lister = new();
        payload.Write(lister);
        return lister.Fields;
    }

    /// <summary>Whether all fields are equal.</summary>
    public static bool Same(EventPayload a, EventPayload b) => a.Kind == b.Kind && Of(a).SequenceEqual(Of(b));

    private sealed class Lister : IFieldWriter
    {
        public List<(string Field, string Value)> Fields { get; } = [];

        public void Account(string name, AccountId value) => Fields.Add((name, value.Value));

        public void Space(string name, SpaceId value) => Fields.Add((name, value.Value));

        public void Content(string name, ContentId value) => Fields.Add((name, value.Value));

        public void App(string name, AppId value) => Fields.Add((name, value.Value));

        public void Text(string name, string value) => Fields.Add((name, value));

        public void Byte(string name, byte value) => Int64(name, value);

        public void UInt32(string name, uint value) => Int64(name, value);

        public void Int64(string name, long value) => Fields.Add((name, value.ToString(CultureInfo.InvariantCulture)));

        public void UInt64(string name, ulong value) => Fields.Add((name, value.ToString(CultureInfo.InvariantCulture)));

        public void Amount(string name, TokenAmount value) => Fields.Add((name, value.ToString()));

        public void Digest(string name, Digest value) => Fields.Add((name, value.ToString()));

        public void Cid(string name, Cid value) => Fields.Add((name, value.ToString()));

        public void Wallet(string name, WalletAddress value) => Fields.Add((name, value.ToString()));

        public void Event(string name, EventId value) => Fields.Add((name, value.ToString()));

        public void Day(string name, Day value) => Fields.Add((name, value.ToString()));

        public void Bytes(string name, ReadOnlySpan<byte> value) => Fields.Add((name, Convert.ToHexStringLower(value)));
    }
}
