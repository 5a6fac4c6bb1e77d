using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Shares;

/// <summary>What a link says: who shared what, and where to.</summary>
internal sealed record ShareLink(AccountId Account, ContentId Content, SharePlatform Platform);

/// <summary>Links that carry what they say and the ledger's signature: nothing is stored for them, and nobody else can make one.</summary>
/// <remarks>
/// Body: the platform's byte, the account's length in bytes, the account, the video. The signature keeps 128 bits so that addresses stay short.
/// The same account, video and platform have the same link for ever.
/// </remarks>
internal sealed class ShareLinks(byte[] key)
{
    private const int MacBytes = 16;

    private readonly TokenSigner _signer = new(key, "weledger-share", MacBytes);

    /// <summary>Names of the platforms, as <see cref="SharePlatform"/> has them, in lower case.</summary>
    public static IReadOnlyDictionary<string, SharePlatform> Platforms { get; } = Enum.GetValues<SharePlatform>().ToDictionary(NameOf, StringComparer.Ordinal);

    public static string NameOf(SharePlatform platform) => platform.ToString().ToLowerInvariant();

    public string CodeOf(ShareLink link)
    {
        byte[] account = Encoding.UTF8.GetBytes(link.Account.Value);
        return _signer.Sign([(byte)link.Platform, (byte)account.Length, .. account, .. Encoding.UTF8.GetBytes(link.Content.Value)]);
    }

    /// <summary>What a code says; false when the ledger did not make it.</summary>
    public bool TryRead(string? code, [NotNullWhen(true)] out ShareLink? link)
    {
        link = null;
        if (!_signer.TryRead(code, out byte[]? body)) return false;
        int split = 2 + body[1];
        link = new ShareLink(new AccountId(Encoding.UTF8.GetString(body.AsSpan(2..split))), new ContentId(Encoding.UTF8.GetString(body.AsSpan(split))), (SharePlatform)body[0]);
        return true;
    }
}
