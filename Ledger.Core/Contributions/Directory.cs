using System.Buffers;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>What the log says of accounts, spaces and videos: enough to judge activity at any position.</summary>
/// <remarks>
/// Facts carry the position they became true at, so one directory judges an early event and a late one alike.
/// Indexed by name ordinal; a name that is no such thing has <see cref="Never"/> as its opening position.
/// A second opening of the same id changes nothing: the first stands.
/// </remarks>
public sealed class Directory(NameTable names)
{
    /// <summary>The position of what has not happened.</summary>
    public const long Never = long.MaxValue;

    private AccountFacts[] _accounts = [];
    private SpaceFacts[] _spaces = [];
    private ContentFacts[] _contents = [];
    private readonly Dictionary<string, int> _categoryNumbers = new(StringComparer.Ordinal);
    private readonly List<string> _categories = [];
    private readonly WalletLinks _wallets = new();

    /// <summary>The log's names.</summary>
    public NameTable Names => names;

    /// <summary>Facts by ordinal; ordinals past the end have never been opened.</summary>
    public ReadOnlySpan<AccountFacts> Accounts => _accounts;

    /// <inheritdoc cref="Accounts"/>
    public ReadOnlySpan<SpaceFacts> Spaces => _spaces;

    /// <inheritdoc cref="Accounts"/>
    public ReadOnlySpan<ContentFacts> Contents => _contents;

    /// <summary>The text of a category number.</summary>
    public string Category(int number) => _categories[number];

    /// <summary>The number of a category that a video has, or −1.</summary>
    public int FindCategory(string category) => _categoryNumbers.GetValueOrDefault(category, -1);

    /// <summary>The wallet an account was linked to at a position, if any: the last one linked before it.</summary>
    public WalletAddress? WalletOf(int account, long position) => _wallets.At(account, position);

    /// <summary>Takes one event; kinds that say nothing of accounts, spaces or videos change nothing.</summary>
    public void Apply(RecordedEvent recorded)
    {
        switch (recorded.Payload)
        {
            case AccountOpened e:
                ref AccountFacts account = ref At(ref _accounts, names.Intern(e.Account.Value), AccountFacts.Unknown);
                if (account.OpenedAt == Never) account = new AccountFacts(recorded.Position, Never, recorded.Event.Window.Number);
                break;
            case AccountSuspended e:
                ref AccountFacts suspended = ref At(ref _accounts, names.Intern(e.Account.Value), AccountFacts.Unknown);
                if (suspended.SuspendedAt == Never) suspended = suspended with { SuspendedAt = recorded.Position };
                break;
            case WalletLinked e:
                _wallets.Add(names.Intern(e.Account.Value), recorded.Position, e.Wallet);
                break;
            case SpaceOpened e:
                ref SpaceFacts space = ref At(ref _spaces, names.Intern(e.Space.Value), SpaceFacts.Unknown);
                if (space.OpenedAt == Never) space = new SpaceFacts(recorded.Position, names.Intern(e.Provider.Value));
                break;
            case VideoPublished e:
                ref ContentFacts content = ref At(ref _contents, names.Intern(e.Content.Value), ContentFacts.Unknown);
                if (content.OpenedAt == Never)
                {
                    content = new ContentFacts(recorded.Position, content.DeletedAt, names.Intern(e.Account.Value), names.Intern(e.Space.Value),
                        CategoryNumber(e.Category), e.DurationSeconds);
                }

                break;
            case ContentDeleted e:
                ref ContentFacts deleted = ref At(ref _contents, names.Intern(e.Content.Value), ContentFacts.Unknown);
                if (deleted.DeletedAt == Never) deleted = deleted with { DeletedAt = recorded.Position };
                break;
        }
    }

    /// <summary>Appends everything it knows. Ids stand as ordinals: the bytes serve only a log whose names have the same.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using CanonicalBuffer bytes = new(output);
        bytes.Int32(_categories.Count);
        foreach (string category in _categories) bytes.Text(category);
        foreach ((int ordinal, AccountFacts account) in Known(bytes, _accounts, AccountFacts.Unknown))
        {
            bytes.Int32(ordinal);
            bytes.Int64(account.OpenedAt);
            bytes.Int64(account.SuspendedAt);
            bytes.Int32(account.OpenedDay);
        }

        foreach ((int ordinal, SpaceFacts space) in Known(bytes, _spaces, SpaceFacts.Unknown))
        {
            bytes.Int32(ordinal);
            bytes.Int64(space.OpenedAt);
            bytes.Int32(space.Provider);
        }

        foreach ((int ordinal, ContentFacts content) in Known(bytes, _contents, ContentFacts.Unknown))
        {
            bytes.Int32(ordinal);
            bytes.Int64(content.OpenedAt);
            bytes.Int64(content.DeletedAt);
            bytes.Int32(content.Owner);
            bytes.Int32(content.Space);
            bytes.Int32(content.Category);
            bytes.Int32(unchecked((int)content.DurationSeconds));
        }

        _wallets.WriteTo(bytes);
        bytes.Finish();
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote, into a directory that has taken no event.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>.</exception>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader input = new(bytes);
        for (int left = input.Count(); left > 0; left--) CategoryNumber(input.Text());
        for (int left = input.Count(); left > 0; left--)
            At(ref _accounts, Ordinal(input.Int32()), AccountFacts.Unknown) = new AccountFacts(input.Int64(), input.Int64(), input.Int32());
        for (int left = input.Count(); left > 0; left--)
            At(ref _spaces, Ordinal(input.Int32()), SpaceFacts.Unknown) = new SpaceFacts(input.Int64(), input.Int32());
        for (int left = input.Count(); left > 0; left--)
        {
            At(ref _contents, Ordinal(input.Int32()), ContentFacts.Unknown) =
                new ContentFacts(input.Int64(), input.Int64(), input.Int32(), input.Int32(), input.Int32(), unchecked((uint)input.Int32()));
        }

        for (int left = input.Count(); left > 0; left--)
        {
            int account = Ordinal(input.Int32());
            for (int link = input.Count(); link > 0; link--) _wallets.Add(account, input.Int64(), input.Wallet());
        }

        input.RequireEnd();
    }

    /// <summary>Writes how many facts are known and gives them by ordinal.</summary>
    private static List<(int Ordinal, T Facts)> Known<T>(CanonicalBuffer bytes, T[] facts, T unknown)
        where T : struct, IEquatable<T>
    {
        List<(int Ordinal, T Facts)> known = [];
        for (int ordinal = 0; ordinal < facts.Length; ordinal++)
        {
            if (!facts[ordinal].Equals(unknown)) known.Add((ordinal, facts[ordinal]));
        }

        bytes.Int32(known.Count);
        return known;
    }

    private int Ordinal(int number) => (uint)number < (uint)names.Count ? number : throw CanonicalReader.Damaged();

    private int CategoryNumber(string category)
    {
        if (_categoryNumbers.TryGetValue(category, out int number)) return number;
        number = _categories.Count;
        _categories.Add(category);
        _categoryNumbers.Add(category, number);
        return number;
    }

    private static ref T At<T>(ref T[] facts, int ordinal, T unknown)
    {
        if (ordinal >= facts.Length)
        {
            int before = facts.Length;
            Array.Resize(ref facts, Math.Max(ordinal + 1, before * 2));
            facts.AsSpan(before).Fill(unknown);
        }

        return ref facts[ordinal];
    }
}

/// <summary>An account: when it opened (position and window day) and when it was suspended.</summary>
public readonly record struct AccountFacts(long OpenedAt, long SuspendedAt, int OpenedDay)
{
    public static AccountFacts Unknown { get; } = new(Directory.Never, Directory.Never, int.MaxValue);
}

/// <summary>A space: when it opened and who provides it.</summary>
public readonly record struct SpaceFacts(long OpenedAt, int Provider)
{
    public static SpaceFacts Unknown { get; } = new(Directory.Never, -1);
}

/// <summary>A video: when it was published and deleted, whose it is, where, about what, and how long.</summary>
public readonly record struct ContentFacts(long OpenedAt, long DeletedAt, int Owner, int Space, int Category, uint DurationSeconds)
{
    public static ContentFacts Unknown { get; } = new(Directory.Never, Directory.Never, -1, -1, -1, 0);
}
