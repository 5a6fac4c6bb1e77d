using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.Simulation;

/// <summary>Who is online: each session states one presence minute a minute until it ends.</summary>
internal sealed class CommunitySessions
{
    private const int MinutesMax = 90;

    private readonly List<(AccountId Account, SpaceId Space, int MinutesLeft)> _sessions = [];

    /// <summary>Lets sessions start and end towards <paramref name="target"/> and states this minute of each.</summary>
    /// <returns>How many minutes were stated: exactly the target.</returns>
    public int Play(int target, int minute, List<EventPayload> events, Func<(AccountId Account, SpaceId Space)> visit, ref SplitMix64 random)
    {
        if (_sessions.Count > target) _sessions.RemoveRange(target, _sessions.Count - target);
        while (_sessions.Count < target) _sessions.Add(default); // starts below
        for (int i = 0; i < _sessions.Count; i++)
        {
            (AccountId account, SpaceId space, int left) = _sessions[i];
            if (left == 0)
            {
                (account, space) = visit();
                left = 5 + random.Below(MinutesMax);
            }

            events.Add(new PresenceMinute(account, space, minute));
            _sessions[i] = (account, space, left - 1);
        }

        return _sessions.Count;
    }
}
