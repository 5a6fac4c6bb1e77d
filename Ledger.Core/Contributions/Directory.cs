using Ledger.Core.Events;
using Ledger.Core.Identity;

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
    private readonly Dictionary<int, List<(long Position, WalletAddress Wallet)>> _wallets = [];

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

    /// <summary>The wallet an account was linked to at a position, if any: the last one linked before it.</summary>
    public WalletAddress? WalletOf(int account, long position)
    {
        if (!_wallets.TryGetValue(account, out List<(long Position, WalletAddress Wallet)>? links)) return null;
        int index = links.FindLastIndex(link => link.Position < position);
        return index < 0 ? null : links[index].Wallet;
    }

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
                int linked = names.Intern(e.Account.Value);
                if (!_wallets.TryGetValue(linked, out List<(long Position, WalletAddress Wallet)>? links)) _wallets.Add(linked, links = []);
                links.Add((recorded.Position, e.Wallet));
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
