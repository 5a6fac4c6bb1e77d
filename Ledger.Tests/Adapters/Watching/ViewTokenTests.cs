using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Watching;
using Ledger.Host.Security;
using Xunit;

namespace Ledger.Tests.Adapters.Watching;

/// <summary>A view token says what the ledger signed or nothing.</summary>
public sealed class ViewTokenTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, TokenSigner.KeyBytes).Select(i => (byte)i)];
    private static readonly TokenSigner Key = ViewToken.Signer(Secret);

    [Property(MaxTest = 200)]
    public void A_signed_token_reads_back(ulong id, PositiveInt issued, PositiveInt expires, uint seconds, PositiveInt account, PositiveInt content)
    {
        ViewToken token = new(new EventId(new UInt128(id, ~id)), issued.Get, expires.Get, seconds, new AccountId($"라-{account.Get}"), new ContentId(new string('x', 1 + (content.Get % 64))));
        string text = token.Sign(Key);
        Assert.InRange(text.Length, 1, 269);
        Assert.Equal(token, ViewToken.Verify(text, Key));
        Assert.Null(ViewToken.Verify(text, ViewToken.Signer([.. Secret[..31], 0])));
    }

    [Fact]
    public void Every_changed_character_and_every_cut_is_refused()
    {
        string text = new ViewToken(new EventId(7), 1, 2, 3, new AccountId("ann"), new ContentId("clip-7")).Sign(Key);
        for (int i = 0; i < text.Length; i++)
        {
            foreach (char c in "Aa0-_ =\n")
            {
                char[] changed = text.ToCharArray();
                if (changed[i] == c) continue;
                changed[i] = c;
                Assert.True(ViewToken.Verify(changed, Key) is null, $"character {i} as '{c}'");
            }

            Assert.Null(ViewToken.Verify(text.AsSpan(0, i), Key));
        }

        foreach (string more in (string[])["A", "=", "==", " ", "\n"]) Assert.Null(ViewToken.Verify(text + more, Key));
    }
}
