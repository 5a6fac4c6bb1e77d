using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Security;

/// <summary>An account that an app backend vouches for, and until when.</summary>
/// <param name="Account">Who.</param>
/// <param name="Expires">Not valid from then on.</param>
internal sealed record AccountToken(AccountId Account, UnixMs Expires);

/// <summary>Tokens that prove to an adapter which account somebody is: the app backend gets one with its API key and hands it to its user.</summary>
internal sealed class AccountTokens(byte[] key, string purpose, TimeProvider clock)
{
    /// <summary>Shortest and longest life of a token, and the one when nothing is asked for.</summary>
    public static readonly TimeSpan LifeMin = TimeSpan.FromMinutes(1), LifeMax = TimeSpan.FromHours(24), LifeDefault = TimeSpan.FromHours(1);

    private readonly TokenSigner _signer = new(key, purpose);

    /// <summary>Makes a token that is valid from now on for a time.</summary>
    public (string Text, AccountToken Token) Issue(AccountId account, TimeSpan life)
    {
        AccountToken token = new(account, Now().PlusMs((long)life.TotalMilliseconds));
        byte[] body = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(account.Value)];
        BinaryPrimitives.WriteInt64BigEndian(body, token.Expires.Value);
        Encoding.UTF8.GetBytes(account.Value, body.AsSpan(sizeof(long)));
        return (_signer.Sign(body), token);
    }

    /// <summary>What a token says; null when it is none, a forged one, or expired.</summary>
    public AccountToken? Read(string? text)
    {
        if (!_signer.TryRead(text, out byte[]? body)) return null;
        AccountToken token = new(new AccountId(Encoding.UTF8.GetString(body.AsSpan(sizeof(long)))), UnixMs.From(BinaryPrimitives.ReadInt64BigEndian(body)));
        return token.Expires > Now() ? token : null;
    }

    private UnixMs Now() => UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
