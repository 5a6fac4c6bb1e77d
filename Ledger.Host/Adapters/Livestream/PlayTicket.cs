using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>What tells a media server's viewer from a stranger: an account that may be counted in a space until a time, signed by the ledger.</summary>
/// <remarks>A token of <see cref="TokenSigner"/>, which needs no escaping in an address. Its body: Unix seconds big-endian (8), the space's size (1), space and account in UTF-8.</remarks>
internal static class PlayTicket
{
    private const int HeadBytes = sizeof(long) + 1;

    /// <summary>Makes a ticket.</summary>
    public static string Of(byte[] secret, SpaceId space, AccountId account, DateTimeOffset expires)
    {
        byte[] name = Encoding.UTF8.GetBytes(space.Value);
        byte[] body = [.. stackalloc byte[sizeof(long)], (byte)name.Length, .. name, .. Encoding.UTF8.GetBytes(account.Value)];
        BinaryPrimitives.WriteInt64BigEndian(body, expires.ToUnixTimeSeconds());
        return Signer(secret).Sign(body);
    }

    /// <summary>The account of a ticket for a space; null when it is none, another space's, or over.</summary>
    public static AccountId? Read(byte[] secret, string ticket, string space, DateTimeOffset now)
    {
        if (!Signer(secret).TryRead(ticket, out byte[]? body)) return null;
        int split = HeadBytes + body[HeadBytes - 1];
        bool isMine = Encoding.UTF8.GetString(body.AsSpan(HeadBytes..split)) == space;
        return isMine && now.ToUnixTimeSeconds() <= BinaryPrimitives.ReadInt64BigEndian(body) ? new AccountId(Encoding.UTF8.GetString(body.AsSpan(split))) : null;
    }

    private static TokenSigner Signer(byte[] secret) => new(secret, "weledger-play");
}
