using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>Ethereum's hexadecimal forms in JSON: quantities without leading zeros, data with two digits a byte.</summary>
internal static class RpcHex
{
    public static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    public static string Quantity(BigInteger value) => "0x" + (value.IsZero ? "0" : value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'));

    public static string Data(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    public static ulong UInt64(JsonElement json) => ulong.TryParse(Digits(json), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw Malformed(json, "a quantity of at most 64 bits");

    public static ulong UInt64(JsonElement json, string name) => UInt64(Member(json, name));

    public static BigInteger Number(JsonElement json) => BigInteger.TryParse("0" + Digits(json).ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger value)
        ? value
        : throw Malformed(json, "a quantity");

    public static Digest Digest(JsonElement json) =>
        Core.Merkle.Digest.TryParse(json.GetString(), out Digest digest) ? digest : throw Malformed(json, "32 bytes");

    public static Digest Digest(JsonElement json, string name) => Digest(Member(json, name));

    public static WalletAddress Address(JsonElement json) =>
        WalletAddress.TryParse(json.GetString(), out WalletAddress address) ? address : throw Malformed(json, "an address");

    public static byte[] Bytes(JsonElement json)
    {
        ReadOnlySpan<char> digits = Digits(json);
        byte[] bytes = new byte[digits.Length / 2];
        return digits.Length % 2 == 0 && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw Malformed(json, "bytes");
    }

    public static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) ? member : throw new RpcFaultException("node-malformed", $"the node's answer has no {name}; use a node that follows the execution API");

    private static ReadOnlySpan<char> Digits(JsonElement json)
    {
        string? text = json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        return text is not null && text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : throw Malformed(json, "0x and hexadecimal digits");
    }

    private static RpcFaultException Malformed(JsonElement json, string expected) =>
        new("node-malformed", $"the node answered {(json.ValueKind == JsonValueKind.Undefined ? "nothing" : json.GetRawText())} where {expected} belongs; use a node that follows the execution API");
}
