using System.Numerics;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Accounts;
using Ledger.Projections.ReadModels.Rulesets;
using Ledger.Projections.ReadModels.Windows;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>How many minutes an account may still broadcast (reward rules R8): what it has left behind the last close, less the minutes in windows that are not closed.</summary>
/// <remarks>An estimate on the safe side: a minute in the log may turn out not to count. The rule itself is the close's.</remarks>
internal sealed class BroadcastAllowance(ReadModelStore views)
{
    private readonly SortedDictionary<Day, Dictionary<string, ulong[]>> _minutes = [];
    private (Digest Hash, Ruleset Rules)? _rules;

    /// <summary>Notes a minute that stands in the log. Noting it again changes nothing.</summary>
    public void Took(AccountId account, long minute, UnixMs occurredAt)
    {
        Day day = Day.Of(occurredAt);
        if (!_minutes.TryGetValue(day, out Dictionary<string, ulong[]>? accounts)) _minutes.Add(day, accounts = new(StringComparer.Ordinal));
        if (!accounts.TryGetValue(account.Value, out ulong[]? taken)) accounts.Add(account.Value, taken = new ulong[(1_440 / 64) + 1]);
        int bin = (int)(minute % 1_440);
        taken[bin >> 6] |= 1ul << (bin & 63);
    }

    /// <summary>Asks the views once for any number of accounts.</summary>
    public Look At(UnixMs now)
    {
        ViewReader reader = views.Read();
        try
        {
            if (reader.LastClosed() is { } closed)
            {
                foreach (Day day in _minutes.Keys.TakeWhile(d => d <= closed).ToArray()) _minutes.Remove(day);
            }

            return new Look(this, reader, RulesOf(reader, Day.Of(now)));
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private Ruleset? RulesOf(ViewReader reader, Day day)
    {
        if (reader.RulesetFor(day) is not { } row) return null;
        if (_rules?.Hash != row.Hash) _rules = (row.Hash, RulesetDocument.Parse(row.Document).Ruleset!);
        return _rules.Value.Rules;
    }

    private long Open(AccountId account, Ruleset rules)
    {
        uint cap = rules.Activity[(int)EventKind.BroadcastMinute].CapPerWindow;
        long open = 0;
        foreach (Dictionary<string, ulong[]> accounts in _minutes.Values)
        {
            long taken = accounts.TryGetValue(account.Value, out ulong[]? bits) ? bits.Sum(b => (long)BitOperations.PopCount(b)) : 0;
            open += cap == 0 ? taken : Math.Min(taken, cap);
        }

        return open;
    }

    /// <summary>One moment of the views.</summary>
    internal sealed class Look(BroadcastAllowance allowance, ViewReader reader, Ruleset? rules) : IDisposable
    {
        /// <summary>Minutes that an account may still broadcast; endless where the ruleset asks for no bandwidth.</summary>
        public long Left(AccountId account) => rules is null or { Bandwidth.Required: false }
            ? long.MaxValue
            : (reader.Account(account)?.BandwidthMinutes ?? 0) - allowance.Open(account, rules);

        public void Dispose() => reader.Dispose();
    }
}
