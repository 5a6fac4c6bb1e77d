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
/// <param name="TeamsPaid">Teams of two and more that were paid something.</param>
/// <param name="TeamsFailed">Those that were paid nothing.</param>
internal sealed record WindowSummary(WindowClosed Facts, Digest RewardRoot, Digest StatementDigest, int Lines, int Accounts, int TeamsPaid, int TeamsFailed)
{
    public static WindowSummary Of(ClosedWindow closed)
    {
        PoaResult poa = closed.Result.Poa;
        int paid = 0, failed = 0;
        for (int row = 0; row < poa.Head.Length; row++)
        {
            if (poa.Team[row] < 0) continue;
            if (poa.Paid[row] > 0) paid++;
            else failed++;
        }

        RewardStatement statement = closed.Result.Statement;
        return new WindowSummary(closed.Facts, closed.RewardRoot, statement.Digest, statement.Count, statement.AccountCount, paid, failed);
    }
}
