using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Core.Contributions;

/// <summary>Turns an activity event into an entry of <see cref="ActivityColumns"/>: the one place that says which field is target and which is value.</summary>
public static class ActivityRows
{
    /// <summary>The target of kinds that act on nothing.</summary>
    public const int NoTarget = -1;

    /// <summary>Appends an activity event.</summary>
    /// <param name="columns">Where to.</param>
    /// <param name="names">The log's names; every id of the event is in it.</param>
    /// <param name="recorded">The event; its payload is an <see cref="ActivityPayload"/>.</param>
    /// <param name="knownRefund">For a refund: whether its tip exists and is the account's own.</param>
    public static void Add(ActivityColumns columns, NameTable names, RecordedEvent recorded, bool knownRefund)
    {
        ActivityPayload payload = (ActivityPayload)recorded.Payload;
        (int target, long value) = payload switch
        {
            Viewed e => (names.Intern(e.Content.Value), e.WatchSeconds),
            Liked e => (names.Intern(e.Content.Value), 0L),
            Unliked e => (names.Intern(e.Content.Value), 0L),
            Commented e => (names.Intern(e.Content.Value), ActivityColumns.CommentValue(e.Letters, e.TextDigest)),
            Shared e => (names.Intern(e.Content.Value), (long)e.Platform),
            ShareVisited e => (names.Intern(e.Content.Value), (long)names.Intern(e.Visitor.Value)),
            Followed e => (names.Intern(e.Followee.Value), 0L),
            Unfollowed e => (names.Intern(e.Followee.Value), 0L),
            BroadcastStarted e => (names.Intern(e.Space.Value), 0L),
            BroadcastMinute e => (names.Intern(e.Space.Value), e.Minute),
            BroadcastEnded e => (names.Intern(e.Space.Value), 0L),
            PresenceMinute e => (names.Intern(e.Space.Value), e.Minute),
            Tipped e => (names.Intern(e.Space.Value), 0L),
            TipRefunded => (NoTarget, knownRefund ? 1L : 0L),
            GiftSent e => (names.Intern(e.Space.Value), 0L),
            ContentPurchased e => (names.Intern(e.Content.Value), 0L),
            AppPurchased e => (names.Intern(e.App.Value), 0L),
            BandwidthPurchased => (NoTarget, 0L),
            VideoPublished e => (names.Intern(e.Content.Value), 0L),
            _ => throw new InvalidOperationException($"{payload.Kind} has no column form"),
        };
        columns.Add(recorded.Position, payload.Kind, names.Intern(payload.Actor.Value), target, value, recorded.Event.OccurredAt.Value);
    }
}
