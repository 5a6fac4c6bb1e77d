using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Tests.EventLog;

/// <summary>Events drawn from a seed: every columnar kind, rows of several families, few enough names that streams and windows are shared.</summary>
internal sealed class SampleEvents(int seed, int accounts = 20, int contents = 30)
{
    private readonly Random _random = new(seed);
    private long _clockMs = 1_790_000_000_000;

    public NewEvent[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    /// <summary>An event with everything drawn.</summary>
    public NewEvent Next() => Of(_random.Next(100) < 85 ? Activity() : Row());

    /// <summary>An event with this payload and a drawn id and time.</summary>
    public NewEvent Of(EventPayload payload)
    {
        _clockMs += _random.Next(40_000);
        UnixMs occurred = UnixMs.From(_clockMs - _random.Next(2_000));
        return new NewEvent(NextId(), occurred, UnixMs.From(_clockMs + _random.Next(-100, 5_000)), Day.Of(occurred), payload);
    }

    public EventId NextId() => new(new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64(1, long.MaxValue)));

    public AccountId Account() => new($"account-{_random.Next(accounts)}");

    private ContentId Content() => new($"video-{_random.Next(contents)}");

    private SpaceId Space() => new($"space-{_random.Next(5)}-ü");

    private TokenAmount Amount() => TokenAmount.FromBaseUnits(new UInt128(0, (ulong)_random.NextInt64()));

    private EventPayload Activity() => _random.Next(10) switch
    {
        <= 3 => new Viewed(Account(), Content(), (uint)_random.Next(2) * (uint)_random.Next(4_000)),
        4 => new Liked(Account(), Content()),
        5 => new Commented(Account(), Content(), (byte)_random.Next(256), (ulong)_random.NextInt64(1L << 56)),
        6 => new Shared(Account(), Content(), (byte)_random.Next(256)),
        7 => new Followed(Account(), Account()),
        8 => new BroadcastMinute(Account(), Space(), _clockMs / 60_000),
        _ => new PresenceMinute(Account(), Space(), _random.Next(3) == 0 ? long.MinValue : _clockMs / 60_000),
    };

    private EventPayload Row() => _random.Next(8) switch
    {
        0 => new Unliked(Account(), Content()),
        1 => new ShareVisited(Account(), Content(), Account()),
        2 => new Tipped(Account(), Space(), Amount()),
        3 => new AppPurchased(Account(), new AppId($"app-{_random.Next(3)}"), Amount()),
        4 => new AccountOpened(Account()),
        5 => new AdRevenueReceived("invoice", Amount()),
        6 => new VideoPublished(Content(), Space(), Account(), "music", 60, _random.Next(2) == 0 ? null : new Cid(CidCodec.Raw, new Digest(4, 3, 2, (ulong)_random.Next()))),
        _ => new RulesetAdopted(Day.Of(UnixMs.From(_clockMs)), new Digest(1, 2, 3, (ulong)_random.Next()), new byte[_random.Next(3_000)]),
    };
}
