using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>What tells a media server's viewer from a stranger: an account that may be counted in a space until a time, signed by the ledger.</summary>
/// <remarks><c>ACCOUNT.EXPIRY.SIGNATURE</c>: Base64url of the account's UTF-8, Unix seconds, Base64url of HMAC-SHA256 over space, account and expiry. It needs no escaping in an address.</remarks>
internal static class PlayTicket
{
    /// <summary>Makes a ticket.</summary>
    public static string Of(byte[] secret, SpaceId space, AccountId account, DateTimeOffset expires)
    {
        string expiry = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(account.Value))}.{expiry}.{Base64Url.EncodeToString(Sign(secret, space.Value, account.Value, expiry))}";
    }

    /// <summary>The account of a ticket for a space; null when it is none, another space's, or over.</summary>
    public static AccountId? Read(byte[] secret, string ticket, string space, DateTimeOffset now)
    {
        if (ticket.Split('.') is not [var account, var expiry, var signature] || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out long until)) return null;
        if (!Base64Url.IsValid(account) || !Base64Url.IsValid(signature)) return null;
        string name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(account));
        bool isMine = CryptographicOperations.FixedTimeEquals(Sign(secret, space, name, expiry), Base64Url.DecodeFromChars(signature));
        return isMine && now.ToUnixTimeSeconds() <= until && IdText.Fault(name) is null ? new AccountId(name) : null;
    }

    private static byte[] Sign(byte[] secret, string space, string account, string expiry) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{space}\u001f{account}\u001f{expiry}"));
}
