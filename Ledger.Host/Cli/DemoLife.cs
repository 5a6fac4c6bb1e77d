using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.Audit;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.DayWindows;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;

namespace Ledger.Host.Cli;

/// <summary>What a demo came to.</summary>
/// <param name="Windows">Its windows.</param>
/// <param name="Events">Events taken, by what became of them.</param>
/// <param name="Groups">What each part of the community did and earned.</param>
/// <param name="Explained">One account's last window.</param>
/// <param name="ProofFile">Where its proof is.</param>
/// <param name="Proof">What that proof shows.</param>
/// <param name="Settlement">What was settled; null without a chain.</param>
internal sealed record DemoResult(
    IReadOnlyList<WindowSummary> Windows, IReadOnlyDictionary<IntakeStatus, long> Events, IReadOnlyList<DemoGroup> Groups, AccountExplanation Explained, string ProofFile, ProofReport Proof, DemoSettlement? Settlement);

/// <summary>Lets a community live through a ledger, a day at a time: intake, close, statement.</summary>
internal sealed class DemoLife(Community community, LedgerSession session, DemoClock clock, ProgressLine progress)
{
    private readonly List<WindowSummary> _windows = [];
    private readonly SortedDictionary<IntakeStatus, long> _events = [];
    private readonly DemoEarnings _earnings = new(session.Log.Names);

    /// <summary>Lives all days, then explains one payout and writes and checks its proof.</summary>
    public async Task<DemoResult> RunAsync(string folder, string workingDirectory, CancellationToken cancel)
    {
        CommunityRun life = community.Begin();
        while (life.HasNext)
        {
            Day day = life.Day;
            clock.Set(day.End);
            await TakeAsync(life, day, cancel);
            clock.Set(day.Next.Start);
            ClosedWindow closed = await session.Ledger.CloseAsync(day, progress, cancel);
            _windows.Add(WindowSummary.Of(closed));
            _earnings.Add(closed);
        }

        // A provider of a team that works: it has everything there is to explain.
        AccountId account = (community.Roles.Teams.FirstOrDefault(t => t.FreeRider is null) ?? community.Roles.Teams[0]).Provider;
        Day last = _windows[^1].Facts.Window;
        AccountExplanation explained = await Explainer.AccountAsync(session.Ledger, account, last, progress, cancel);
        (string file, ProofReport report) = await ProveAsync(folder, account, last, cancel);
        DemoSettlement? settlement = await new DemoChain(session, clock, progress).RunAsync([.. _windows.Select(w => w.Facts.Window)], workingDirectory, cancel);
        return new DemoResult(_windows, _events, _earnings.Of(community.Roles), explained, file, report, settlement);
    }

    private async Task TakeAsync(CommunityRun life, Day day, CancellationToken cancel)
    {
        List<SubmittedEvent> group = new(EventIntake.GroupSizeDefault);
        long taken = 0;
        foreach (SubmittedEvent e in life.NextDay())
        {
            _earnings.Count(e);
            group.Add(e);
            if (group.Count < EventIntake.GroupSizeDefault) continue;
            await SubmitAsync(group, cancel);
            taken += group.Count;
            group.Clear();
            progress.Show($"{day} intake", (int)(taken * 1000 / community.Settings.EventsPerDay));
        }

        await SubmitAsync(group, cancel);
    }

    private async Task SubmitAsync(List<SubmittedEvent> group, CancellationToken cancel)
    {
        foreach (IntakeOutcome outcome in await session.Ledger.Intake.SubmitAsync(group, cancel))
            _events[outcome.Status] = _events.GetValueOrDefault(outcome.Status) + 1;
    }

    /// <summary>The proof is checked from the file, as a stranger would.</summary>
    private async Task<(string File, ProofReport Report)> ProveAsync(string folder, AccountId account, Day window, CancellationToken cancel)
    {
        ProofAnswer answer = await ProofBuilder.Over(session.Ledger).AccountAsync(account, window, wholeStatement: false, cancel);
        if (answer.Proof is not { } proof) throw new CliException(ExitCode.No, answer.RefusalCode!, answer.RefusalMessage!, "try another seed");
        string file = Path.Combine(folder, $"proof-{account}.json");
        await File.WriteAllBytesAsync(file, ProofFile.Write(proof), cancel);
        ProofReading reading = ProofFile.Read(await File.ReadAllBytesAsync(file, cancel));
        return reading.Proof is { } read
            ? (file, ProofVerifier.Verify(read))
            : throw new CliException(ExitCode.No, reading.Error!.Code, $"{file} at {reading.Error.Path}: {reading.Error.Message}", "the file was changed while it was written");
    }
}
