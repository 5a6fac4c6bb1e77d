using Ledger.Core.Contributions;

namespace Ledger.Core.Kernels;

/// <summary>What a window's activity acts on, in eight bytes per video, and a dense number for everyone whom others can act on.</summary>
/// <remarks>
/// The directory's facts hold for any position and take 40 bytes per video; a fold knows its window, so most videos are simply there the
/// whole time, and all that judging then needs fits a word. A video that appears or goes within the window has no card and is judged by
/// the directory. Owners are numbered with those of videos first: the tallies that are touched all the time lie together.
/// </remarks>
internal sealed class SubjectTable
{
    /// <summary>Set in every card, so that zero is no card.</summary>
    private const ulong PlainBit = 1 << 16;

    /// <summary>Set when the video stands in a space of somebody else.</summary>
    private const ulong GuestBit = 1 << 17;

    private readonly ulong[] _cards;
    private readonly int[] _indexByOrdinal;
    private readonly int[] _ordinalByIndex;

    public SubjectTable(FoldContext context)
    {
        Contributions.Directory directory = context.Directory;
        ReadOnlySpan<ContentFacts> videos = directory.Contents;
        _cards = new ulong[videos.Length];
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
            if (enough > ushort.MaxValue) continue;
            bool guest = (uint)facts.Space >= (uint)directory.Spaces.Length || directory.Spaces[facts.Space].Provider != facts.Owner;
            _cards[video] = ((ulong)owner << 32) | (guest ? GuestBit : 0) | PlainBit | enough;
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
    public ReadOnlySpan<ulong> Cards => _cards;

    /// <summary>The dense number of an owner; −1 for a name that owns nothing and was never opened as an account.</summary>
    public int IndexOf(int ordinal) => (uint)ordinal < (uint)_indexByOrdinal.Length ? _indexByOrdinal[ordinal] : -1;

    /// <summary>The name behind an owner's number.</summary>
    public int OrdinalOf(int index) => _ordinalByIndex[index];

    /// <summary>The dense number of a card's owner.</summary>
    public static int OwnerOf(ulong card) => (int)(card >> 32);

    /// <summary>Fewest seconds of a view that is not trivial.</summary>
    public static long SecondsToView(ulong card) => (long)(card & ushort.MaxValue);

    /// <summary>Whether somebody else provides the space of the video.</summary>
    public static bool IsGuest(ulong card) => (card & GuestBit) != 0;

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
