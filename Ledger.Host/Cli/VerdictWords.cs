using Ledger.Core.Validity;

namespace Ledger.Host.Cli;

/// <summary>Why an event counted or did not, for a person.</summary>
internal static class VerdictWords
{
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Counted => "counted",
        Verdict.UnknownAccount => "the account was not open yet",
        Verdict.UnknownTarget => "what it acted on did not exist yet",
        Verdict.IneligibleAccount => "the account was suspended or too young",
        Verdict.SelfAction => "done to one's own",
        Verdict.Retracted => "taken back, or its video was deleted",
        Verdict.Repeat => "the same again in this window",
        Verdict.TooFast => "too soon after the last one of its kind",
        Verdict.OverCap => "above the day's cap for its kind",
        Verdict.Trivial => "too little to mean anything",
        Verdict.Overlap => "that minute was counted already",
        Verdict.UnentitledBroadcast => "no bandwidth left",
        Verdict.Unfunded => "the balance was too small",
        _ => verdict.Code(),
    };
}
