using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Benchmarks.Fold;

/// <summary>A day of activity made straight into columns: accounts and videos with skewed popularity, in time order.</summary>
internal sealed class ColumnWorkload
{
    /// <summary>Events of a batch.</summary>
    internal const int Batch = 16_384;

    private readonly int _accounts;
    private readonly int _videos;
    private readonly Directory _directory;
    private readonly ValidityRules _rules;

    public ColumnWorkload(long events, int accounts, int videos, ValidityRules? rules = null, Day? window = null)
    {
        _rules = rules ?? Ruleset.Default.ForKernel();
        (_accounts, _videos) = (accounts, videos);
        NameTable names = new();
        Directory directory = new(names);
        long position = 0;
        foreach (EventPayload payload in Reference()) Apply(payload);
        Window = window ?? Day.FromNumber(20_000);
        FirstPosition = position;
        _directory = directory;
        SealedAt = position + events;

        void Apply(EventPayload payload)
        {
            Day yesterday = Day.FromNumber(19_000);
            directory.Apply(new RecordedEvent(position, 0, new NewEvent(new EventId((UInt128)(ulong)position), yesterday.Start, yesterday.Start, yesterday, payload)));
            position++;
        }
    }

    public Day Window { get; }

    public long FirstPosition { get; }

    public long SealedAt { get; }

    public NameTable Names => _directory.Names;

    /// <summary>Whose a video is.</summary>
    public int OwnerOf(int video) => _directory.Contents[video].Owner;

    /// <summary>A context whose kernel tables are not made yet.</summary>
    public FoldContext Context() => new()
    {
        Window = Window,
        OpenedAt = FirstPosition,
        SealedAt = SealedAt,
        Rules = _rules,
        Directory = _directory,
        Roster = TeamRoster.Empty,
        Retractions = new Retractions(Names),
        Bandwidth = new NoBandwidth(),
        Unfunded = new HashSet<long>(),
    };

    /// <summary>Accounts, spaces and videos.</summary>
    public IEnumerable<EventPayload> Reference()
    {
        for (int i = 0; i < _accounts; i++) yield return new AccountOpened(new AccountId($"account-{i}"));
        for (int i = 0; i < _accounts / 10; i++) yield return new SpaceOpened(new SpaceId($"space-{i}"), new AccountId($"account-{i}"));
        for (int i = 0; i < _videos; i++)
        {
            int owner = i % (_accounts / 10);
            yield return new VideoPublished(new ContentId($"video-{i}"), new SpaceId($"space-{owner}"), new AccountId($"account-{owner}"), "music", 60);
        }
    }

    /// <summary>The events, in batches that are overwritten from one to the next.</summary>
    public IEnumerable<ActivityColumns> Batches()
    {
        ActivityColumns batch = new(Batch);
        ulong state = 1;
        long end = SealedAt;
        for (long position = FirstPosition; position < end;)
        {
            batch.Clear();
            for (int i = 0; i < Batch && position < end; i++, position++)
            {
                ulong a = Next(ref state), b = Next(ref state);
                int account = (int)(a % (ulong)_accounts);
                int video = _accounts + (_accounts / 10) + (int)(Math.Min(b % (ulong)_videos, (b >> 20) % (ulong)_videos));
                EventKind kind = ((a >> 40) % 100) switch { < 65 => EventKind.Viewed, < 90 => EventKind.Liked, < 95 => EventKind.Commented, _ => EventKind.Shared };
                long value = kind switch
                {
                    EventKind.Viewed => (long)(b >> 50) % 60,
                    EventKind.Commented => ActivityColumns.CommentValue(9, b),
                    _ => 0,
                };
                long atMs = Window.Start.Value + ((position - FirstPosition) * Day.LengthMs / (end - FirstPosition));
                batch.Add(position, kind, account, video, value, atMs);
            }

            yield return batch;
        }
    }

    private static ulong Next(ref ulong state)
    {
        unchecked
        {
            ulong z = state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    private sealed class NoBandwidth : IBandwidth
    {
        public long MinutesAt(int account, long position) => 0;
    }
}
