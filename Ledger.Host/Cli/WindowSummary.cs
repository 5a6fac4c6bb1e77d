using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>What is kept of a close for the answer: its size does not depend on how many accounts there are.</summary>
/// <param name="Facts">What the log records.</param>
/// <param name="RewardRoot">Root over everything ever earned.</param>
/// <param name="StatementDigest">The statement.</param>
/// <param name="Lines">Lines in it.</param>
/// <param name="Accounts">Accounts with a line.</param>
/// <param name="Teams">Teams of two and more that took part.</param>
/// <param name="TeamsFailed">Those that fell short of V*: somebody did not meet the quota, so they were not paid in full.</param>
/// <param name="TeamsUnpaid">Those that were paid nothing.</param>
internal sealed record WindowSummary(WindowClosed Facts, Digest RewardRoot, Digest StatementDigest, int Lines, int Accounts, int Teams, int TeamsFailed, int TeamsUnpaid)
{
    public static WindowSummary Of(ClosedWindow closed)
    {
        PoaResult poa = closed.Result.Poa;
        int teams = 0, failed = 0, unpaid = 0;
        for (int row = 0; row < poa.Head.Length; row++)
        {
            if (poa.Team[row] < 0) continue;
            teams++;
            if (poa.Output[row] < poa.Optimum(row)) failed++;
            if (poa.Paid[row] == 0) unpaid++;
        }

        RewardStatement statement = closed.Result.Statement;
        return new WindowSummary(closed.Facts, closed.RewardRoot, statement.Digest, statement.Count, statement.AccountCount, teams, failed, unpaid);
    }
}
