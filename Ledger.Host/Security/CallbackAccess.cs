using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ledger.Host.Api;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Security;

/// <summary>Lets in programs that cannot send headers, such as a media server: by a secret in the address's query, from the networks they live in.</summary>
/// <remarks>The secret stands in the query because that is what traces and logs leave out. Compared in constant time.</remarks>
internal sealed class CallbackAccess
{
    /// <summary>The query's member.</summary>
    public const string Member = "token";

    /// <summary>Fewest characters of a secret: 128 bits in hexadecimal.</summary>
    public const int SecretLengthMin = 32;

    private readonly byte[] _hash;
    private readonly IPNetwork[] _networks;

    /// <param name="secret">At least <see cref="SecretLengthMin"/> characters of letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="networks">Such as <c>10.0.0.0/8</c>; none: this machine alone.</param>
    /// <exception cref="FormatException"><c>callback-secret-malformed</c> or <c>network-malformed</c>.</exception>
    public CallbackAccess(string secret, IReadOnlyList<string> networks)
    {
        if (secret.Length < SecretLengthMin || secret.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new FormatException($"callback-secret-malformed: the callback secret has at least {SecretLengthMin} letters, digits, '-' and '_'; `openssl rand -hex 32` makes one");
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        _networks = [.. (networks.Count == 0 ? ["127.0.0.0/8", "::1/128"] : networks).Select(Network)];
    }

    /// <summary>Why a request is not let in, or null.</summary>
    public ApiProblem? Check(HttpContext context)
    {
        IPAddress? from = context.Connection.RemoteIpAddress;
        if (from is { IsIPv4MappedToIPv6: true }) from = from.MapToIPv4();
        if (from is null || !_networks.Any(n => n.Contains(from))) return new ApiProblem(StatusCodes.Status403Forbidden, "callback-network", "callbacks from this address are not taken; name its network in the adapter's settings");
        byte[] sent = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Query[Member].ToString()));
        return CryptographicOperations.FixedTimeEquals(_hash, sent) ? null : new ApiProblem(StatusCodes.Status403Forbidden, "callback-secret", "the callback does not carry the adapter's secret; `weledger media config` writes it where it belongs");
    }

    private static IPNetwork Network(string text) => IPNetwork.TryParse(text, out IPNetwork network) ? network
        : throw new FormatException($"network-malformed: '{text}' is no network; write it as 10.0.0.0/8 or 192.0.2.7/32");
}
