using Ledger.Core.Contributions;

namespace Ledger.Core.Kernels;

/// <summary>What a window's activity acts on, in four bytes per video, and a dense number for everyone whom others can act on.</summary>
/// <remarks>
/// The directory's facts hold for any position and take 40 bytes per video; a fold knows its window, so most videos are simply there the
/// whole time, and all that judging then needs fits a word. A video that appears or goes within the window has no card and is judged by
/// the directory. Owners are numbered with those of videos first: the tallies that are touched all the time lie together.
/// </remarks>
internal sealed class SubjectTable
{
    // A card: fewest seconds to view 9, guest 1, the owner's dense number and one 22. Zero is no card.
    private const int SecondsBits = 9;

    /// <summary>Where the owner's number, and one, begins in a card.</summary>
    internal const int OwnerShift = SecondsBits + 1;

    /// <summary>The part of a card that is the fewest seconds of a view that is not trivial.</summary>
    internal const uint SecondsMask = (1 << SecondsBits) - 1;

    private const int OwnersMax = (1 << (32 - OwnerShift)) - 1;

    /// <summary>Set when the video stands in a space of somebody else.</summary>
    private const uint GuestBit = 1 << SecondsBits;

    private readonly uint[] _cards;
    private readonly int[] _indexByOrdinal;
    private readonly int[] _ordinalByIndex;

    public SubjectTable(FoldContext context)
    {
        Contributions.Directory directory = context.Directory;
        ReadOnlySpan<ContentFacts> videos = directory.Contents;
        _cards = new uint[videos.Length];
        _indexByOrdinal = new int[directory.Names.Count];
        Array.Fill(_indexByOrdinal, -1);
        List<int> owners = [];
        for (int video = 0; video < videos.Length; video++)
        {
            ref readonly ContentFacts facts = ref videos[video];
            if (facts.Owner < 0) continue;
            int owner = Number(facts.Owner, owners);
            if (facts.OpenedAt >= context.OpenedAt || facts.DeletedAt < context.SealedAt) continue;
            ulong enough = SecondsToView(context.Rules, facts.DurationSeconds);
            if (enough > SecondsMask || owner >= OwnersMax) continue;
            bool guest = (uint)facts.Space >= (uint)directory.Spaces.Length || directory.Spaces[facts.Space].Provider != facts.Owner;
            _cards[video] = ((uint)(owner + 1) << OwnerShift) | (guest ? GuestBit : 0) | (uint)enough;
        }

        foreach (ref readonly SpaceFacts space in directory.Spaces)
        {
            if (space.Provider >= 0) Number(space.Provider, owners);
        }

        for (int account = 0; account < directory.Accounts.Length; account++)
        {
            if (directory.Accounts[account].OpenedAt != Contributions.Directory.Never) Number(account, owners);
        }

        _ordinalByIndex = [.. owners];
    }

    /// <summary>Everyone whom others can act on.</summary>
    public int OwnerCount => _ordinalByIndex.Length;

    /// <summary>Cards by the ordinal of the video; zero where there is none.</summary>
    public uint[] Cards => _cards;

    /// <summary>The dense number of an owner; −1 for a name that owns nothing and was never opened as an account.</summary>
    public int IndexOf(int ordinal) => (uint)ordinal < (uint)_indexByOrdinal.Length ? _indexByOrdinal[ordinal] : -1;

    /// <summary>Asks for what <see cref="IndexOf"/> looks up.</summary>
    public void Expect(int ordinal)
    {
        if ((uint)ordinal < (uint)_indexByOrdinal.Length) Prefetch.Near(in _indexByOrdinal[ordinal]);
    }

    /// <summary>The name behind an owner's number.</summary>
    public int OrdinalOf(int index) => _ordinalByIndex[index];

    /// <summary>The dense number of a card's owner; −1 where there is no card.</summary>
    public static int OwnerOf(uint card) => unchecked((int)(card >> OwnerShift) - 1);

    /// <summary>Whether somebody else provides the space of the video.</summary>
    public static bool IsGuest(uint card) => (card & GuestBit) != 0;

    /// <summary>The smaller of the seconds and the percentage of the length, rounded up; a video of unknown length has only the seconds.</summary>
    private static ulong SecondsToView(Validity.ValidityRules rules, uint durationSeconds)
    {
        ulong hundredths = (ulong)rules.MinViewSeconds * 100;
        if (durationSeconds > 0) hundredths = Math.Min(hundredths, (ulong)durationSeconds * rules.MinViewPercent);
        return (hundredths + 99) / 100;
    }

    private int Number(int ordinal, List<int> owners)
    {
        ref int index = ref _indexByOrdinal[ordinal];
        if (index < 0)
        {
            index = owners.Count;
            owners.Add(ordinal);
        }

        return index;
    }
}
