using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Writes fields as the members of a JSON object; <see cref="JsonFieldReader"/> reads them back exactly.</summary>
/// <remarks>
/// Whole numbers of a type up to 32 bits, and <see cref="long"/>, whose fields stay below 2^53, are JSON numbers.
/// <see cref="ulong"/> and amounts are decimal strings: most JSON readers would round them.
/// </remarks>
public sealed class JsonFieldWriter(Utf8JsonWriter json) : IFieldWriter
{
    public void Account(string name, AccountId value) => json.WriteString(name, value.Value);

    public void Space(string name, SpaceId value) => json.WriteString(name, value.Value);

    public void Content(string name, ContentId value) => json.WriteString(name, value.Value);

    public void App(string name, AppId value) => json.WriteString(name, value.Value);

    public void Text(string name, string value) => json.WriteString(name, value);

    public void Byte(string name, byte value) => json.WriteNumber(name, (uint)value);

    public void UInt32(string name, uint value) => json.WriteNumber(name, value);

    public void Int64(string name, long value) => json.WriteNumber(name, value);

    public void UInt64(string name, ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out int size, provider: System.Globalization.CultureInfo.InvariantCulture);
        json.WriteString(name, digits[..size]);
    }

    public void Amount(string name, TokenAmount value) => json.WriteString(name, value.ToString());

    public void Digest(string name, Digest value)
    {
        Span<byte> bytes = stackalloc byte[Merkle.Digest.SizeBytes];
        value.WriteTo(bytes);
        json.WriteString(name, "0x" + Convert.ToHexStringLower(bytes));
    }

    public void Cid(string name, Cid value) => json.WriteString(name, value.ToString());

    public void Wallet(string name, WalletAddress value) => json.WriteString(name, value.ToString());

    public void Event(string name, EventId value) => json.WriteString(name, value.ToString());

    public void Day(string name, Day value) => json.WriteString(name, value.ToString());

    public void Bytes(string name, ReadOnlySpan<byte> value) => json.WriteBase64String(name, value);
}
