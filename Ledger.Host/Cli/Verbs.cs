namespace Ledger.Host.Cli;

/// <summary>Every verb, in the order of the help.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Verb> All(CliShell shell) =>
    [
        DemoVerb.Create(shell),
        ImportVerb.Create(shell),
        CloseVerb.Create(shell),
        StatementVerb.Create(shell),
        CliShell.Group("explain", "Tells a person how activity became tokens, or why it did not", "weledger explain account user-000004", ExplainAccountVerb.Create(shell), ExplainEventVerb.Create(shell)),
        AuditVerb.Create(shell),
        CliShell.Group("prove", "Writes a proof that anybody can check without the ledger", "weledger prove account user-000004 --out proof.json", ProveAccountVerb.Create(shell), ProveEventVerb.Create(shell), ProveSettlementVerb.Create(shell)),
        VerifyVerb.Create(shell),
        CidVerb.Create(shell),
        SettleVerb.Create(shell),
        CliShell.Group("chain", "Starts a chain on this machine, to try settling on", "weledger chain up", ChainUpVerb.Create(shell)),
        CliShell.Group("ruleset", "Writes, checks, compares, adopts and shows the rules that windows are paid under", "weledger ruleset new > mine.json && weledger ruleset check mine.json", RulesetNewVerb.Create(shell), RulesetCheckVerb.Create(shell), RulesetDiffVerb.Create(shell), RulesetAdoptVerb.Create(shell), RulesetShowVerb.Create(shell)),
        StatusVerb.Create(shell),
        ExportVerb.Create(shell),
        ServeVerb.Create(shell),
        NodeVerb.Create(shell),
        CliShell.Group("cluster", "Tells how the cluster of folding machines is", "weledger cluster status", ClusterStatusVerb.Create(shell)),
        CliShell.Group("keys", "Makes, replaces and ends the API keys that clients of 'weledger serve' hold", "weledger keys add app --scope activity:write", KeysAddVerb.Create(shell), KeysRotateVerb.Create(shell), KeysSignVerb.Create(shell), KeysRevokeVerb.Create(shell), KeysListVerb.Create(shell)),
        CliShell.Group("media", "Connects media servers: their configuration and stream keys", "weledger media keys add music ann", MediaConfigVerb.Create(shell), CliShell.Group("keys", "Issues, replaces and ends the keys that broadcasters hold", "weledger media keys add music ann", MediaKeysVerbs.Add(shell), MediaKeysVerbs.Revoke(shell), MediaKeysVerbs.List(shell))),
    ];
}
