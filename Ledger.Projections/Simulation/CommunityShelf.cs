using Ledger.Core.Identity;

namespace Ledger.Projections.Simulation;

/// <summary>The videos that are watched now: each owner's latest few.</summary>
internal sealed class CommunityShelf(int owners)
{
    private const int VideosPerOwner = 8;

    private readonly ContentId[] _videos = new ContentId[owners * VideosPerOwner];
    private readonly int[] _published = new int[owners];

    public int Count(int owner) => Math.Min(_published[owner], VideosPerOwner);

    public void Add(int owner, ContentId video) => _videos[(owner * VideosPerOwner) + (_published[owner]++ % VideosPerOwner)] = video;

    /// <summary>One of an owner's videos; the owner must have one.</summary>
    public ContentId Draw(int owner, ref SplitMix64 random) => _videos[(owner * VideosPerOwner) + random.Below(Count(owner))];

    /// <summary>An owner's newest video.</summary>
    public ContentId Newest(int owner) => _videos[(owner * VideosPerOwner) + ((_published[owner] - 1) % VideosPerOwner)];

    /// <summary>Takes an owner's newest video off the shelf; the owner keeps at least one other.</summary>
    public ContentId RemoveNewest(int owner)
    {
        ContentId removed = Newest(owner);
        _published[owner]--;
        return removed;
    }
}

/// <summary>The latest few of something that can be taken back or followed up.</summary>
internal sealed class Recent<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private int _count;

    public bool Any => _count > 0;

    public void Add(T item, ref SplitMix64 random)
    {
        if (_count < _items.Length) _items[_count++] = item;
        else _items[random.Below(_items.Length)] = item;
    }

    /// <summary>Takes one out.</summary>
    public T Take(ref SplitMix64 random)
    {
        int index = random.Below(_count);
        T item = _items[index];
        _items[index] = _items[--_count];
        return item;
    }

    /// <summary>Shows one.</summary>
    public T Draw(ref SplitMix64 random) => _items[random.Below(_count)];
}
