using System.Buffers;
using System.Runtime.CompilerServices;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>What a statement was computed from.</summary>
/// <param name="RulesetHash">The ruleset it closed under.</param>
/// <param name="SheetDigest">The window's contribution sheet.</param>
/// <param name="StateDigest">The state it started from.</param>
public readonly record struct StatementSource(Digest RulesetHash, Digest SheetDigest, Digest StateDigest);

/// <summary>A window's result: a line per account and rule (reward rules R9).</summary>
/// <remarks>
/// Lines stand by account id bytes, then rule; all are positive. The canonical bytes hold names, not ordinals, so any process that
/// recomputes the window gets the same digest. Little-endian:
/// <code>
/// offset size field
///      0    1 layout, 1
///      1    4 window, days since 1970-01-01
///      5   32 ruleset hash
///     37   32 sheet digest
///     69   32 digest of the state it started from
///    101    4 number of lines
///    105   16 total, base units
///    121    … lines: id (length byte, UTF-8), rule (1), amount (16)
/// </code>
/// </remarks>
public sealed class RewardStatement
{
    private const byte Layout = 1;

    private readonly NameTable _names;
    private readonly int[] _account;
    private readonly PayoutRule[] _rule;
    private readonly UInt128[] _amount;

    private readonly int[] _earner;
    private readonly UInt128[] _earned;
    private StrongBox<Digest>? _digest;

    private RewardStatement(Day window, StatementSource source, NameTable names, int[] account, PayoutRule[] rule, UInt128[] amount)
    {
        (Window, Source, _names, _account, _rule, _amount) = (window, source, names, account, rule, amount);
        int accounts = 0;
        for (int i = 0; i < account.Length; i++)
        {
            if (i == 0 || account[i] != account[i - 1]) accounts++;
        }

        _earner = GC.AllocateUninitializedArray<int>(accounts);
        _earned = GC.AllocateUninitializedArray<UInt128>(accounts);
        UInt128 total = 0;
        int at = -1;
        for (int i = 0; i < account.Length; i++)
        {
            if (i == 0 || account[i] != account[i - 1]) (_earner[++at], _earned[at]) = (account[i], 0);
            _earned[at] += amount[i];
            total += amount[i];
        }

        Total = TokenAmount.FromBaseUnits(total);
    }

    public Day Window { get; }

    public StatementSource Source { get; }

    /// <summary>Number of lines.</summary>
    public int Count => _account.Length;

    /// <summary>Accounts with a line.</summary>
    public int AccountCount => _earner.Length;

    /// <summary>Sum over the lines.</summary>
    public TokenAmount Total { get; }

    /// <summary>SHA-256 over the canonical bytes. Computed once, when it is first asked for.</summary>
    public Digest Digest => (_digest ??= new StrongBox<Digest>(Write(null))).Value;

    /// <summary>Whose line it is, as ordinals.</summary>
    public ReadOnlySpan<int> Account => _account;

    /// <summary>Which rule each line pays under.</summary>
    public ReadOnlySpan<PayoutRule> Rule => _rule;

    /// <summary>What each line pays, base units.</summary>
    public ReadOnlySpan<UInt128> Amount => _amount;

    /// <summary>Puts the lines of both rules in order.</summary>
    internal static RewardStatement Of(Day window, StatementSource source, PoaResult poa, PocResult poc, CanonicalRows rows)
    {
        int earning = 0;
        foreach (PocEntrant entrant in poc.Entrants)
        {
            if (entrant.Paid > 0) earning++;
        }

        int[] account = GC.AllocateUninitializedArray<int>(poa.LineAccount.Length + earning);
        PayoutRule[] rule = GC.AllocateUninitializedArray<PayoutRule>(account.Length);
        UInt128[] amount = GC.AllocateUninitializedArray<UInt128>(account.Length);
        int at = 0, line = 0;
        foreach (PocEntrant entrant in poc.Entrants)
        {
            if (entrant.Paid == 0) continue;
            while (line < poa.LineAccount.Length && rows.Compare(poa.LineAccount[line], entrant.Account) <= 0) CopyPoa();
            (account[at], rule[at], amount[at]) = (entrant.Account, PayoutRule.Poc, entrant.Paid);
            at++;
        }

        while (line < poa.LineAccount.Length) CopyPoa();
        return new RewardStatement(window, source, rows.Names, account, rule, amount);

        void CopyPoa()
        {
            (account[at], rule[at], amount[at]) = (poa.LineAccount[line], poa.LineRule[line], poa.LineAmount[line]);
            line++;
            at++;
        }
    }

    /// <summary>Appends the canonical bytes to <paramref name="output"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output) => Write(output);

    /// <summary>What each account earned in all, in canonical order.</summary>
    internal (int[] Account, UInt128[] Amount) Earnings() => (_earner, _earned);

    private Digest Write(IBufferWriter<byte>? keep)
    {
        using CanonicalBuffer output = new(keep);
        output.Byte(Layout);
        output.Int32(Window.Number);
        output.Digest(Source.RulesetHash);
        output.Digest(Source.SheetDigest);
        output.Digest(Source.StateDigest);
        output.Int32(_account.Length);
        output.Amount(Total.BaseUnits);
        for (int i = 0; i < _account.Length; i++)
        {
            output.Id(_names.Bytes(_account[i]));
            output.Byte((byte)_rule[i]);
            output.Amount(_amount[i]);
        }

        return output.Finish();
    }
}
