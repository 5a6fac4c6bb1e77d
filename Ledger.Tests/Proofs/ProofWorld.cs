using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.EventLog;

namespace Ledger.Tests.Proofs;

/// <summary>A log with two closed windows whose payouts are made up, and a settlement of the second, so that proofs can be built without folding anything.</summary>
/// <remarks>ann has no wallet; ben's first wallet was replaced before the first seal and again after the second; cat shares ben's.</remarks>
internal sealed class ProofWorld : IAsyncDisposable
{
    public static readonly Day FirstDay = Day.FromNumber(20_779);
    public static readonly AccountId Ann = new("ann"), Ben = new("ben"), Cat = new("cat"), Dan = new("dan");

    private static readonly SettlementRules Settlement = new()
    {
        MinPayout = TokenAmount.Zero,
        ChainId = 31_337,
        Distributor = new WalletAddress(0xd1, 0xd2),
        Token = new WalletAddress(0x71, 0x72),
    };

    private static readonly byte[] Rules = RulesetDocument.Canonical(Ruleset.Default with { Settlement = Settlement });

    private readonly InMemoryEventLog _log = new();
    private readonly SampleEvents _fill;
    private readonly Dictionary<Day, PaidWindow> _paid = [];

    private ProofWorld(int seed) => _fill = new SampleEvents(seed);

    public InMemoryEventLog Log => _log;

    public ProofBuilder Builder => Over(Settled);

    /// <summary>What the settlement published: not all that the second wallet earned, and nothing for the ninth.</summary>
    public static SettledTree Settled { get; } = new(FirstDay.Next, [Leaf(new WalletAddress(1, 1), 77), Leaf(new WalletAddress(2, 2), 700)]);

    public ProofBuilder Over(SettledTree? settled) => new(_log, (day, _) => Task.FromResult(_paid[day]), settled);

    /// <summary>ann's like in the first window, and one that stands behind the seal.</summary>
    public EventId Like { get; private set; }

    public EventId LateLike { get; private set; }

    /// <param name="seed">Fills the log up with other events.</param>
    /// <param name="events">How many, between any two that matter here.</param>
    public static async Task<ProofWorld> MakeAsync(int seed = 1, int events = 9)
    {
        ProofWorld world = new(seed);
        foreach (AccountId account in (AccountId[])[Ann, Ben, Cat, Dan]) await world.AddAsync(new AccountOpened(account));
        await world.AddAsync(new RulesetAdopted(default, RulesetDocument.HashOf(Rules), Rules));
        await world.AddAsync(new WalletLinked(Ben, new WalletAddress(1, 1)));
        await world.FillAsync(events);
        await world.AddAsync(new WalletLinked(Ben, new WalletAddress(2, 2)));
        world.Like = await world.AddAsync(new Liked(Ann, new ContentId("clip-7")), FirstDay);
        await world.FillAsync(events);
        await world.AddAsync(new WalletLinked(Cat, new WalletAddress(2, 2)));
        await world.CloseAsync(FirstDay, 1, events);
        world.LateLike = await world.AddAsync(new Liked(Ann, new ContentId("clip-8")), FirstDay);
        await world.CloseAsync(FirstDay.Next, 2, events);
        await world.SettleAsync(events);
        await world.AddAsync(new WalletLinked(Ben, new WalletAddress(3, 3)));
        await world.FillAsync(events);
        return world;
    }

    private async Task FillAsync(int events) => await _log.AppendAsync(_fill.Take(events));

    private async Task<EventId> AddAsync(EventPayload payload, Day? window = null)
    {
        NewEvent e = _fill.Of(payload);
        await _log.AppendAsync([e with { Window = window ?? e.Window }]);
        return e.Id;
    }

    private async Task CloseAsync(Day window, ulong times, int events)
    {
        long sealedAt = _log.Head;
        Digest root = await _log.LogRootAsync(sealedAt);
        await AddAsync(new WindowSealed(window), window);
        await FillAsync(events);

        StatementSource source = new(RulesetDocument.HashOf(Rules), new Digest(2, 0, 0, times), new Digest(3, 0, 0, 3));
        PaidWindow paid = new(window, Settlement, Earned(times), Statement(window, source), _log.Names);
        _paid.Add(window, paid);
        Digest rewardRoot = RewardTree.Build(paid.Payees.Leaves(PayeeNames.Domain(Settlement))).Root;
        RewardStatement statement = paid.Statement;
        await AddAsync(Closed(window, sealedAt, root, source), window);
        await AddAsync(new StatementIssued(
            window, (ulong)statement.Count, (ulong)statement.AccountCount, statement.Total, statement.Digest, (ulong)paid.Payees.Count, paid.Payees.Total(), rewardRoot, 7), window);
    }

    /// <summary>A settlement that the gate refused, and one that was settled.</summary>
    private async Task SettleAsync(int events)
    {
        Day window = Settled.Window;
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            string name = SettlementReserved.NameOf(window, attempt);
            Digest root = attempt == 1 ? new Digest(6, 0, 0, 6) : RewardTree.Build(Settled.Leaves).Root;
            await AddAsync(new SettlementReserved(name, window, Settlement.ChainId, Settlement.Distributor, Settlement.Token, RulesetDocument.HashOf(Rules), TokenAmount.Zero, TokenAmount.Zero, 1, 1));
            await FillAsync(events);
            await AddAsync(new SettlementPlanned(name, window, Settlement.ChainId, root, TokenAmount.FromBaseUnits(777)));
            await AddAsync(attempt == 1 ? new SettlementReleased(name, "root-differs") : new SettlementSettled(name, root));
        }
    }

    private static RewardLeaf Leaf(WalletAddress wallet, ulong amount) => new(PayeeNames.Domain(Settlement), PayeeNames.Of(wallet), TokenAmount.FromBaseUnits(amount));

    // POA pays ann 100, ben 200 and cat 300 in each window; POC pays ann 40.
    private RewardStatement Statement(Day window, StatementSource source)
    {
        int[] account = [_log.Names.Find("ann"), _log.Names.Find("ben"), _log.Names.Find("cat")];
        PoaResult poa = new()
        {
            Head = [],
            Team = [],
            Size = [],
            Output = [],
            Entitlement = [],
            Factor = [],
            Paid = [],
            LineAccount = account,
            LineRule = [PayoutRule.PoaSolo, PayoutRule.PoaTeam, PayoutRule.PoaProvider],
            LineAmount = [100, 200, 300],
            Total = TokenAmount.FromBaseUnits(600),
        };
        PocEntrant entrant = new(account[0], 1, 0, default, 0, 5, 0, Q32.One, 40, true);
        return RewardStatement.Of(window, source, poa, new PocResult([entrant], [], TokenAmount.FromBaseUnits(40), CreatorBook.Empty), new CanonicalRows([], _log.Names));
    }

    private Payees Earned(ulong times) => new(
        [new UnlinkedPayee(_log.Names.Find("ann"), PayeeNames.OfAccount("ann"u8), 140 * times)],
        [new WalletPayee(new WalletAddress(1, 1), 77), new WalletPayee(new WalletAddress(2, 2), 500 * times), new WalletPayee(new WalletAddress(9, 9), 1)]);

    private static WindowClosed Closed(Day window, long sealedAt, Digest root, StatementSource source) => new()
    {
        Window = window,
        SealedAt = sealedAt,
        LogRoot = root,
        RulesetHash = source.RulesetHash,
        RuleCodeVersion = 1,
        Verdicts = new ulong[Verdicts.Count],
        Metrics = new ulong[WindowClosed.MetricNames.Count],
        References = new ulong[WindowClosed.MetricNames.Count],
        Index = 1,
        Elasticity = 1,
        FundBefore = TokenAmount.FromWe(1),
        TopUps = TokenAmount.Zero,
        Pool = TokenAmount.FromBaseUnits(1_000),
        PoaPool = TokenAmount.FromBaseUnits(600),
        PocPool = TokenAmount.FromBaseUnits(400),
        PoaPaid = TokenAmount.FromBaseUnits(600),
        PocPaid = TokenAmount.FromBaseUnits(40),
        Returned = TokenAmount.FromBaseUnits(360),
        SheetDigest = source.SheetDigest,
        JournalDigest = new Digest(4, 0, 0, 4),
        StateDigest = new Digest(5, 0, 0, 5),
    };

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    /// <summary>One file of each shape: with and without wallet and statement, an activity's, and a settlement's.</summary>
    public async Task<IReadOnlyList<Core.Payouts.Proofs.Proof>> ProofsAsync() =>
    [
        (await Builder.AccountAsync(Ann, FirstDay, wholeStatement: false)).Proof!,
        (await Builder.AccountAsync(Ben, FirstDay.Next, wholeStatement: true)).Proof!,
        (await Builder.EventAsync(Like, wholeStatement: true)).Proof!,
        (await Builder.SettlementAsync(Ben, wholeStatement: true)).Proof!,
    ];
}
