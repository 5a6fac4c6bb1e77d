using Ledger.Core.Time;
using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Projections.Simulation;
using Ledger.Tests.Cli;
using Ledger.Tests.Support;

namespace Ledger.Tests.ChainBridge;

/// <summary>Days of a small community, closed, in the folder of a command line, under rules that settle on a local chain.</summary>
internal static class LivedLedger
{
    public static readonly Day First = Day.FromNumber(20_458);

    /// <summary>Lives and closes the days; their statements can all be made final when it returns.</summary>
    public static async Task LiveAsync(CliRun cli, ManualClock clock, int days)
    {
        Community community = new(new CommunitySettings { Accounts = 200, Days = days, EventsPerDay = 3_000, Seed = 5, FirstDay = First });
        await using LedgerSession session = await LedgerSession.WriteAsync(AddressOf(cli), cli.Data, clock, null, default, DemoChain.Ruleset);
        CommunityRun life = community.Begin();
        while (life.HasNext)
        {
            Day day = life.Day;
            clock.Now = day.End;
            await session.Ledger.Intake.SubmitAsync([.. life.NextDay()], default);
            clock.Now = day.Next.Start;
            await session.Ledger.CloseAsync(day);
        }

        clock.Now = First.Plus(days + 1).Start;
        cli.Clock = clock;
    }

    /// <summary>Opens it for writing.</summary>
    public static Task<LedgerSession> OpenAsync(CliRun cli, ManualClock clock) => LedgerSession.WriteAsync(AddressOf(cli), cli.Data, clock, null, default);

    private static LogAddress AddressOf(CliRun cli) => LogAddress.Of(cli.Data, path => path);
}
