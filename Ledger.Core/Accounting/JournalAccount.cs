using System.Globalization;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Core.Accounting;

/// <summary>What a journal account is for. Codes are part of canonical bytes.</summary>
public enum JournalAccountKind : byte
{
    None = 0,

    /// <summary>The contra account of the whole supply: the only one below zero, at minus the supply.</summary>
    SupplyIssued = 1,
    TokenSale = 2,
    Reserve = 3,
    IncentiveFund = 4,
    FoundingTeam = 5,
    SocialCommunity = 6,

    /// <summary>A window's POA pool; empty again when the window is closed.</summary>
    PoaPool = 7,
    PocPool = 8,

    /// <summary>What allocations added for the next pool to be drawn.</summary>
    TopUps = 9,

    /// <summary>What advertising bought for the next pool to be drawn.</summary>
    AdsBuyback = 10,

    /// <summary>What an account may spend.</summary>
    AccountAvailable = 11,

    /// <summary>What of an account's tokens is reserved for a settlement.</summary>
    AccountHeld = 12,

    /// <summary>What chains may be asked for: published in a final root and not claimed yet.</summary>
    BridgeEscrow = 13,

    /// <summary>What chains have paid out.</summary>
    ChainSettled = 14,
    PlatformRevenue = 15,
    App = 16,
}

/// <summary>One account of the journal: its kind, and whose or which window's it is.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Of">An account's or app's ordinal, a window's day number, else 0.</param>
public readonly record struct JournalAccount(JournalAccountKind Kind, int Of)
{
    public static JournalAccount SupplyIssued => new(JournalAccountKind.SupplyIssued, 0);

    public static JournalAccount TokenSale => new(JournalAccountKind.TokenSale, 0);

    public static JournalAccount IncentiveFund => new(JournalAccountKind.IncentiveFund, 0);

    public static JournalAccount TopUps => new(JournalAccountKind.TopUps, 0);

    public static JournalAccount AdsBuyback => new(JournalAccountKind.AdsBuyback, 0);

    public static JournalAccount PlatformRevenue => new(JournalAccountKind.PlatformRevenue, 0);

    public static JournalAccount BridgeEscrow => new(JournalAccountKind.BridgeEscrow, 0);

    public static JournalAccount ChainSettled => new(JournalAccountKind.ChainSettled, 0);

    public static JournalAccount Available(int account) => new(JournalAccountKind.AccountAvailable, account);

    public static JournalAccount Held(int account) => new(JournalAccountKind.AccountHeld, account);

    public static JournalAccount App(int app) => new(JournalAccountKind.App, app);

    public static JournalAccount PoaPool(Day window) => new(JournalAccountKind.PoaPool, window.Number);

    public static JournalAccount PocPool(Day window) => new(JournalAccountKind.PocPool, window.Number);

    /// <summary>The allocation of a name of <see cref="Events.GenesisAllocated"/> in kebab-case, or null when there is none such.</summary>
    public static JournalAccount? Allocation(string name) => name switch
    {
        "token-sale" => TokenSale,
        "reserve" => new(JournalAccountKind.Reserve, 0),
        "incentive-fund" => IncentiveFund,
        "founding-team" => new(JournalAccountKind.FoundingTeam, 0),
        "social-community" => new(JournalAccountKind.SocialCommunity, 0),
        _ => null,
    };

    /// <summary>The account's name, e.g. <c>account:alice:available</c> or <c>pool:poa:2026-11-22</c>.</summary>
    public string Name(NameTable names) => Kind switch
    {
        JournalAccountKind.SupplyIssued => "supply:issued",
        JournalAccountKind.TokenSale => "allocation:token-sale",
        JournalAccountKind.Reserve => "allocation:reserve",
        JournalAccountKind.IncentiveFund => "allocation:incentive-fund",
        JournalAccountKind.FoundingTeam => "allocation:founding-team",
        JournalAccountKind.SocialCommunity => "allocation:social-community",
        JournalAccountKind.PoaPool => string.Create(CultureInfo.InvariantCulture, $"pool:poa:{Day.FromNumber(Of)}"),
        JournalAccountKind.PocPool => string.Create(CultureInfo.InvariantCulture, $"pool:poc:{Day.FromNumber(Of)}"),
        JournalAccountKind.TopUps => "pool:top-ups",
        JournalAccountKind.AdsBuyback => "ads:buyback",
        JournalAccountKind.AccountAvailable => $"account:{names.Text(Of)}:available",
        JournalAccountKind.AccountHeld => $"account:{names.Text(Of)}:held",
        JournalAccountKind.BridgeEscrow => "bridge:escrow",
        JournalAccountKind.ChainSettled => "chain:settled",
        JournalAccountKind.PlatformRevenue => "platform:revenue",
        JournalAccountKind.App => $"apps:{names.Text(Of)}",
        _ => throw new InvalidOperationException("the default JournalAccount names nothing"),
    };

    /// <summary>Whether <see cref="Of"/> is a name's ordinal.</summary>
    internal bool IsNamed => Kind is JournalAccountKind.AccountAvailable or JournalAccountKind.AccountHeld or JournalAccountKind.App;

    /// <summary>Its kind (1) and number (4); names stand as ordinals.</summary>
    internal void WriteTo(CanonicalBuffer bytes)
    {
        bytes.Byte((byte)Kind);
        bytes.Int32(Of);
    }

    internal static JournalAccount Read(ref CanonicalReader input) => new((JournalAccountKind)input.Byte(), input.Int32());
}
