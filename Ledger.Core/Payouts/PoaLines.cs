using Ledger.Core.Contributions;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>The second split (white paper section 4.3, last paragraph): a team's pay becomes its provider's and its members' lines.</summary>
internal sealed class PoaLines(PoaRules rules, ContributionSheet sheet, TeamRoster roster, CanonicalRows rows)
{
    private readonly List<(int Account, PayoutRule Rule, UInt128 Amount)> _ofTeams = [];

    internal int[] Account { get; private set; } = [];

    internal PayoutRule[] Rule { get; private set; } = [];

    internal UInt128[] Amount { get; private set; } = [];

    internal UInt128 Total { get; private set; }

    /// <summary>Makes the lines of all rows, in canonical order, leaving out what is zero.</summary>
    internal void Add(int[] head, int[] team, UInt128[] paid)
    {
        int alone = 0;
        for (int i = 0; i < head.Length; i++)
        {
            if (paid[i] == 0) continue;
            if (team[i] < 0) alone++;
            else Split(team[i], paid[i]);
        }

        (int[] order, long[] places) = rows.Sort([.. _ofTeams.Select(l => l.Account)]);
        Account = GC.AllocateUninitializedArray<int>(alone + order.Length);
        Rule = GC.AllocateUninitializedArray<PayoutRule>(Account.Length);
        Amount = GC.AllocateUninitializedArray<UInt128>(Account.Length);
        int at = 0, next = 0;
        for (int i = 0; i < head.Length; i++)
        {
            if (paid[i] == 0 || team[i] >= 0) continue;
            for (long place = (2L * rows.RowOf(head[i])) + 1; next < order.Length && places[next] < place; next++) Put(at++, _ofTeams[order[next]]);
            Put(at++, (head[i], PayoutRule.PoaSolo, paid[i]));
        }

        for (; next < order.Length; next++) Put(at++, _ofTeams[order[next]]);
    }

    private void Put(int at, (int Account, PayoutRule Rule, UInt128 Amount) line)
    {
        (Account[at], Rule[at], Amount[at]) = line;
        Total += line.Amount;
    }

    /// <summary>The provider's share rounded down, the rest to the members by largest remainder; what no member earned a part of is not paid.</summary>
    private void Split(int team, UInt128 paid)
    {
        UInt128 share = rules.ProviderShare(roster.ProviderShareBps[team]).Of(TokenAmount.FromBaseUnits(paid)).BaseUnits;
        Line(roster.Providers[team], PayoutRule.PoaProvider, share);

        int[] members = roster.Members[team];
        UInt128[] weights = new UInt128[members.Length];
        for (int i = 0; i < weights.Length; i++) weights[i] = rules.Split == PoaSplit.Equal ? 1 : Counted(members[i]);
        UInt128[] parts = new UInt128[members.Length];
        Apportionment.LargestRemainder(paid - share, weights, parts);
        for (int i = 0; i < members.Length; i++) Line(members[i], PayoutRule.PoaTeam, parts[i]);
    }

    private UInt128 Counted(int member) =>
        rows.RowOf(member) is var row and >= 0 ? (UInt128)Math.Clamp(sheet.TeamPointsMicro[row], 0, rules.QuotaMicro) : 0;

    private void Line(int account, PayoutRule rule, UInt128 amount)
    {
        if (amount > 0) _ofTeams.Add((account, rule, amount));
    }
}
