using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One shard's part of a window: a row per account, what its accounts gave to creators, and counts that add up over shards.</summary>
public sealed class ShardTotals
{
    /// <summary>Minutes in a day; the concurrency histogram has one bin each.</summary>
    public const int MinutesPerDay = 1440;

    private int[] _receivedOwner = [];
    private ulong[] _receivedPacked = [];
    private int _received;
    private ulong _verdictsNoted;

    internal List<int> Account { get; } = [];

    internal List<long> PointsMicro { get; } = [];

    internal List<long> TeamPointsMicro { get; } = [];

    /// <summary>What accounts of the shard made themselves, a row for each that made anything.</summary>
    internal List<Made> MadeByAccount { get; } = [];

    /// <summary>Posts by creator and category.</summary>
    internal Dictionary<(int Creator, int Category), uint> CategoryPosts { get; } = [];

    /// <summary>What the judge was given, an entry for each account and kind, and under kind 0 how many verdicts came of it; only when asked for.</summary>
    internal List<(int Account, byte Kind, uint Events)> Judged { get; } = [];

    /// <summary>Owners by their dense number; an owner may stand here more than once, and its counts add up.</summary>
    internal ReadOnlySpan<int> ReceivedOwner => _receivedOwner.AsSpan(0, _received);

    /// <summary>Their counts, packed by <see cref="CreatorTally"/>.</summary>
    internal ReadOnlySpan<ulong> ReceivedPacked => _receivedPacked.AsSpan(0, _received);

    /// <summary>Activity events by verdict.</summary>
    public ulong[] Verdicts { get; } = new ulong[Validity.Verdicts.Count];

    /// <summary>Counted events by kind.</summary>
    internal ulong[] CountedByKind { get; } = new ulong[EventKinds.ActivityCount];

    /// <summary>Accounts with a counted event of the kind.</summary>
    internal ulong[] AccountsByKind { get; } = new ulong[EventKinds.ActivityCount];

    /// <summary>Points after damping, and those for its team, of the account judged last that had a counted event, µpoints; null when there was none.</summary>
    public (long PointsMicro, long TeamPointsMicro)? LastPoints => Account.Count == 0 ? null : (PointsMicro[^1], TeamPointsMicro[^1]);

    internal ulong ActiveAccounts { get; set; }

    /// <summary>Accounts present in each minute of the window's day.</summary>
    internal int[] PresentByMinute { get; } = new int[MinutesPerDay];

    /// <summary>Notes what the judge was just given of an account, and how many verdicts came of it.</summary>
    internal void NoteJudged(int account, ReadOnlySpan<PackedEvent> events, EventFrame frame)
    {
        Span<uint> byKind = stackalloc uint[EventKinds.ActivityCount];
        for (int i = 0; i < events.Length; i++)
        {
            if (!events[i].IsValue) byKind[(int)PackedEvent.At(events, i, account, frame).Kind]++;
        }

        ulong verdicts = 0;
        foreach (ulong count in Verdicts) verdicts += count;
        byKind[0] = (uint)(verdicts - _verdictsNoted);
        _verdictsNoted = verdicts;
        for (int kind = 0; kind < byKind.Length; kind++)
        {
            if (byKind[kind] != 0) Judged.Add((account, (byte)kind, byKind[kind]));
        }
    }

    internal void ReserveReceived(int more)
    {
        if (_received + more <= _receivedOwner.Length) return;
        int[] owners = GC.AllocateUninitializedArray<int>(_received + more);
        ulong[] packed = GC.AllocateUninitializedArray<ulong>(_received + more);
        ReceivedOwner.CopyTo(owners);
        ReceivedPacked.CopyTo(packed);
        (_receivedOwner, _receivedPacked) = (owners, packed);
    }

    internal void AddReceived(int owner, ulong packed)
    {
        _receivedOwner[_received] = owner;
        _receivedPacked[_received++] = packed;
    }

    /// <param name="Account">Whose, as an ordinal.</param>
    /// <param name="Posts">Videos published.</param>
    /// <param name="BroadcastMinutes">Counted broadcast minutes.</param>
    /// <param name="OwnReplies">Own replies.</param>
    internal readonly record struct Made(int Account, uint Posts, uint BroadcastMinutes, uint OwnReplies);
}
