using Ledger.Host.Security;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Security;

/// <summary>A key is shown once and only its hash is kept; a client has two live ones at most; a revoked one is dead for ever.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weledger-keys-");
    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_key_has_160_random_bits_a_prefix_and_a_checksum_that_finds_every_changed_character()
    {
        HashSet<string> seen = [];
        for (int i = 0; i < 100; i++)
        {
            string text = ApiKey.Generate().Text;
            Assert.Matches("^welk_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{39}$", text);
            Assert.True(seen.Add(text));
            Assert.True(ApiKey.TryParse(text, out ApiKey? key));
            Assert.DoesNotContain(text[14..], key.ToString(), StringComparison.Ordinal);
        }

        string one = seen.First();
        for (int at = 0; at < one.Length; at++)
        {
            foreach (char other in "0123456789abcdefghijklmnopqrstuvwxyz_ \u00e9".Where(c => c != one[at]))
                Assert.False(ApiKey.TryParse(one[..at] + other + one[(at + 1)..], out _));
        }
    }

    [Fact]
    public void No_byte_of_a_secret_is_in_the_data_folder_and_only_the_owner_reads_the_file()
    {
        ApiKey key;
        using (KeyStore store = KeyStore.Open(_folder.FullName, _clock)) key = store.Add(ApiClient.Create("app", ScopeSet.Parse(["activity:write"])));
        foreach (FileInfo file in _folder.GetFiles())
        {
            string bytes = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName));
            Assert.Contains(key.Id, bytes, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Text[15..30], bytes, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
        }
    }

    [Fact]
    public void A_client_rotates_over_two_live_keys_and_no_third()
    {
        using KeyStore store = KeyStore.Open(_folder.FullName, _clock);
        KeyRing ring = new(store, TimeProvider.System);
        ApiKey first = store.Add(ApiClient.Create("app", ScopeSet.Parse(["activity:write"])));
        ApiKey second = store.Rotate("app");
        Assert.StartsWith("keys-two-live", Assert.Throws<KeyRefusedException>(() => store.Rotate("app")).Message, StringComparison.Ordinal);
        Assert.Equal("app", ring.Find(first)!.Client.Name);
        Assert.Same(ring.Find(first)!.Limit, ring.Find(second)!.Limit);
        store.Revoke(first.Id);
        store.Revoke(first.Id);
        Assert.Null(new KeyRing(store, TimeProvider.System).Find(first));
        ApiKey third = store.Rotate("app");
        Assert.NotNull(ring.Find(third));
        Assert.Null(ring.Find(ApiKey.Generate()));
        Assert.Equal(3, store.Keys().Count);
    }

    [Fact]
    public void A_ring_follows_what_another_process_does_to_the_store()
    {
        using KeyStore served = KeyStore.Open(_folder.FullName, _clock);
        using KeyStore verb = KeyStore.Open(_folder.FullName, _clock);
        KeyRing ring = new(served, _clock);
        ApiKey key = verb.Add(ApiClient.Create("app", ScopeSet.Parse(["*:read"])));
        Assert.NotNull(ring.Find(key));
        verb.Revoke(key.Id);
        _clock.Now = _clock.Now.PlusMs(1000);
        Assert.Null(ring.Find(key));
    }

    [Theory]
    [InlineData("scope-unknown", "activity:read")]
    [InlineData("scope-unknown", "log:write")]
    [InlineData("scope-unknown", "*")]
    [InlineData("scope-missing")]
    public void A_scope_that_is_none_is_refused(string code, params string[] scopes) =>
        Assert.StartsWith(code, Assert.Throws<FormatException>(() => ScopeSet.Parse(scopes)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_client_gets_its_rate_and_not_more()
    {
        RateLimit limit = new(ApiClient.Create("app", ScopeSet.Parse(["activity:write"]), requestsPerSecond: 2, eventsPerSecond: 100), _clock);
        Assert.True(limit.TryTakeRequest(out _));
        Assert.True(limit.TryTakeRequest(out _));
        Assert.False(limit.TryTakeRequest(out TimeSpan wait));
        Assert.Equal(TimeSpan.FromSeconds(0.5), wait);
        _clock.Now = _clock.Now.PlusMs((long)wait.TotalMilliseconds);
        Assert.True(limit.TryTakeRequest(out _));
        Assert.True(limit.TryTakeEvents(250, out _));
        Assert.False(limit.TryTakeEvents(1, out wait));
        _clock.Now = _clock.Now.PlusMs((long)wait.TotalMilliseconds);
        Assert.True(limit.TryTakeEvents(1, out _));
    }
}
