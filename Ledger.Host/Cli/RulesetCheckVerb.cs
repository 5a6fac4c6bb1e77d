using System.CommandLine;
using System.Globalization;
using Ledger.Core.Economics;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Host.Cli;

/// <summary>Checks a document and says what its rules make people want.</summary>
internal static class RulesetCheckVerb
{
    private const int TeamSizeMax = 12;

    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "The ruleset file" };
        return shell.Verb(
            "check",
            "Checks a ruleset: every error with its JSON path, then what its rules make people want (certificates). Exit code 1 when it cannot be adopted.",
            "weledger ruleset check mine.json",
            [file],
            (run, _) => Task.FromResult(Run(run, run.Get(file))));
    }

    private static int Run(VerbRun run, string file)
    {
        (Ruleset? ruleset, IReadOnlyList<RulesetError> errors) = RulesetFiles.Read(run, file);
        if (ruleset is null)
        {
            run.Answer(() => new { valid = false, errors }, page =>
            {
                page.Heading($"{file} cannot be adopted");
                page.Table([new("code"), new("path"), new("expected", IsProse: true)], errors.Select(e => (string[])[e.Code, e.Path, e.Message]));
            });
            run.Note($"ruleset-invalid: {file} has {errors.Count} {(errors.Count == 1 ? "error" : "errors")}, the first is {errors[0].Code} at {errors[0].Path}; correct them and check again");
            return ExitCode.No;
        }

        PayRule pay = ruleset.Poa.Mode == PoaMode.Strict ? PayRule.Strict : PayRule.Graded(Real(ruleset.Poa.Theta), ruleset.Poa.Exponent);
        GradedCertificate[] teams = [.. Enumerable.Range(2, TeamSizeMax - 1).Select(n => GradedCertificate.For(n, pay))];
        int groupSize = (int)ruleset.Poc.GroupSize;
        double spread = ruleset.Poc.Spread.Value / (double)BasisPoints.Whole;
        // The certificate asks for W_m − W_w > e · m, so the pool's part that rank decides bears any effort below spread / m.
        double effortMax = spread / RankOrderCertificate.ClosedFormRequiredSpread(groupSize, 1);
        double headsOfEffort = effortMax * groupSize;
        double splitFrom = AttackCost.LeastProfitableWork(pay);
        double contestBound = AttackCost.ContestBound(groupSize, spread);
        run.Answer(
            () => new
            {
                valid = true,
                ruleset.Hash,
                teams = teams.Select(t => new { t.TeamSize, t.HoldsLocally, t.HoldsGlobally, t.WorstDeviation, t.WorstGain }),
                contest = new { groupSize, spread, requiredSpreadPerEffort = RankOrderCertificate.ClosedFormRequiredSpread(groupSize, 1), effortMaxOfGroupPool = effortMax },
                attack = new { declaredBound = AttackCost.DeclaredBound, leastProfitableWorkQuotas = splitFrom, contestBound = double.IsFinite(contestBound) ? contestBound : (double?)null },
            },
            page =>
            {
                page.Heading($"{file} may be adopted");
                page.Facts(("hash", ruleset.Hash.ToString()));
                page.Heading("Teams: is meeting the quota the best a member can do when the others meet it?");
                page.Table(
                    [new("members", true), new("answer"), new("best for one who deviates", IsProse: true)],
                    teams.Select(t => (string[])[t.TeamSize.ToString(CultureInfo.InvariantCulture), t.HoldsLocally && t.HoldsGlobally ? "yes" : "no", Deviation(t)]));
                page.Line(ruleset.Poa.Mode == PoaMode.Strict
                    ? "Strict: all or nothing holds at every size."
                    : string.Create(CultureInfo.InvariantCulture, $"Graded: holds for teams of up to k/(1 - theta) = {ruleset.Poa.Exponent / (1 - Real(ruleset.Poa.Theta)):0.##}."));
                page.Heading("Contest: is working better than idling, whatever the others do?");
                page.Line(string.Create(CultureInfo.InvariantCulture,
                    $"In groups of {groupSize}, rank decides {spread:P0} of the pool. Working wins as long as the quota's effort costs a creator less than {headsOfEffort:P1} of an equal share of its group's pool."));
                page.Heading("Attack: what does a second account gain?");
                page.Line(string.Create(CultureInfo.InvariantCulture,
                    $"Splitting one account's work over two pays from {splitFrom:0.##} quotas of work on and never more than {AttackCost.DeclaredBound:0.##} times; in the contest, against the weakest rivals, at most {(double.IsFinite(contestBound) ? contestBound.ToString("0.##", CultureInfo.InvariantCulture) : "any number of")} times."));
            });
        return ExitCode.Ok;
    }

    private static double Real(Q32 ratio) => ratio.Raw / (double)Q32.One.Raw;

    private static string Deviation(GradedCertificate team) => team.HoldsLocally && team.HoldsGlobally
        ? "none gains"
        : string.Create(CultureInfo.InvariantCulture, $"{team.WorstDeviation * 4:P0} of the quota gains {team.WorstGain * 4:P1} of what the quota is worth");
}
