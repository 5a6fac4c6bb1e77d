using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Ledger.Host.Security;

/// <summary>The live keys in memory, following the store: a new key works at once, a revoked one ends within a second.</summary>
internal sealed class KeyRing(KeyStore store, TimeProvider clock)
{
    private static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(1);
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly Lock _gate = new();
    private FrozenDictionary<string, Holder> _byId = FrozenDictionary<string, Holder>.Empty;
    private (long Others, long Own)? _version;
    private long _followedAt;

    /// <summary>Whose live key it is; null when it is nobody's. Takes the same time for a wrong secret of a known key as for an unknown key.</summary>
    public ApiCaller? Find(ApiKey key)
    {
        Follow(force: !Volatile.Read(ref _byId).ContainsKey(key.Id));
        bool isKnown = Volatile.Read(ref _byId).TryGetValue(key.Id, out Holder? holder);
        bool isSame = CryptographicOperations.FixedTimeEquals(isKnown ? holder!.Hash : NoHash, key.Hash());
        return isKnown && isSame ? holder!.Caller : null;
    }

    private void Follow(bool force)
    {
        if (!force && clock.GetElapsedTime(Volatile.Read(ref _followedAt)) < FollowEvery) return;
        lock (_gate)
        {
            Volatile.Write(ref _followedAt, clock.GetTimestamp());
            (long Others, long Own) version = store.Version;
            if (version == _version) return;
            SortedDictionary<string, ApiClient> clients = store.Clients();
            FrozenDictionary<string, Holder> before = _byId;
            ILookup<string, byte[]> secrets = store.Secrets().Where(s => s.RevokedAt is null).ToLookup(s => s.Client, s => s.Secret, StringComparer.Ordinal);
            Dictionary<string, RateLimit> limits = before.Values.Select(h => h.Caller).DistinctBy(c => c.Client.Name, StringComparer.Ordinal).ToDictionary(c => c.Client.Name, c => c.Limit, StringComparer.Ordinal);
            Volatile.Write(ref _byId, store.Keys().Where(k => k.RevokedAt is null).ToFrozenDictionary(k => k.Id, Hold, StringComparer.Ordinal));
            _version = version;

            Holder Hold(StoredKey key)
            {
                ApiClient client = clients[key.Client];
                if (!limits.TryGetValue(client.Name, out RateLimit? limit)) limits.Add(client.Name, limit = new RateLimit(client, clock));
                return new Holder(key.Hash, new ApiCaller(key.Id, client, limit, [.. secrets[client.Name]]));
            }
        }
    }

    private sealed record Holder(byte[] Hash, ApiCaller Caller);
}
