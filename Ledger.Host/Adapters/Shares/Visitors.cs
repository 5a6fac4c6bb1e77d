using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Shares;

/// <summary>Somebody who came, for one day.</summary>
/// <param name="Id">How the event names the visitor.</param>
/// <param name="Cookie">What the browser should keep for the rest of the day; null when it has it already.</param>
internal sealed record Visitor(AccountId Id, string? Cookie);

/// <summary>Gives visitors names that hold for a day and tell nobody who they are.</summary>
/// <remarks>
/// Whom the app vouches for is named by account. Everybody else is named by a keyed hash of the network address and one of
/// <see cref="PerAddress"/> slots that the User-Agent falls into, so that one address is at most so many visitors a day however often it changes its
/// headers. The day's key is a hash of the adapter's key and the day: names of two days cannot be joined without it, and nothing is stored. A cookie
/// holds the name, and the day, so that a visitor who changes the network within the day stays one.
/// </remarks>
internal sealed class Visitors(byte[] key)
{
    /// <summary>Visitors that one network address can be in a day.</summary>
    public const int PerAddress = 8;

    private const int NameBytes = 16;
    private const int Ipv6SiteBytes = 8; // who has one address of a /64 has them all

    private readonly TokenSigner _cookies = new(key, "weledger-visit");

    /// <summary>Who came.</summary>
    /// <param name="account">Whom the app vouches for, if it does.</param>
    /// <param name="cookie">What the browser kept.</param>
    /// <param name="from">The network address.</param>
    /// <param name="agent">The User-Agent.</param>
    /// <param name="day">The UTC day.</param>
    public Visitor Of(AccountId? account, string? cookie, IPAddress from, string agent, Day day)
    {
        if (account is { } known) return new Visitor(known, null);
        if (_cookies.TryRead(cookie, out byte[]? kept) && BinaryPrimitives.ReadInt32BigEndian(kept) == day.Number) return new Visitor(Name(kept.AsSpan(sizeof(int))), null);

        byte[] dayKey = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"visitors of {day}")));
        byte slot = (byte)(HMACSHA256.HashData(dayKey, Encoding.UTF8.GetBytes(agent))[0] % PerAddress);
        byte[] body = new byte[sizeof(int) + NameBytes];
        BinaryPrimitives.WriteInt32BigEndian(body, day.Number);
        HMACSHA256.HashData(dayKey, (byte[])[slot, .. Site(from)]).AsSpan(0, NameBytes).CopyTo(body.AsSpan(sizeof(int)));
        return new Visitor(Name(body.AsSpan(sizeof(int))), _cookies.Sign(body));
    }

    private static AccountId Name(ReadOnlySpan<byte> bytes) => new($"visitor:{Convert.ToHexStringLower(bytes)}");

    private static byte[] Site(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        byte[] bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..Ipv6SiteBytes] : bytes;
    }
}
