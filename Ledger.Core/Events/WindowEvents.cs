using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A window takes events from here on; teams, shares and the ruleset of the window are those in force at this position.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="RulesetHash">The ruleset it will be closed under.</param>
public sealed record WindowOpened(Day Window, Digest RulesetHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.WindowOpened;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("window", Window);
        fields.Digest("rulesetHash", RulesetHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static WindowOpened Read(IFieldReader fields) => new(fields.Day("window"), fields.Digest("rulesetHash"));
}

/// <summary>The cut: what stands before this position in the window counts, nothing after it ever does.</summary>
/// <param name="Window">The UTC day.</param>
public sealed record WindowSealed(Day Window) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.WindowSealed;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields) => fields.Day("window", Window);

    /// <summary>Reads the fields in persisted order.</summary>
    public static WindowSealed Read(IFieldReader fields) => new(fields.Day("window"));
}

/// <summary>The result of a window, every number of it, so that a replay can be compared field by field.</summary>
/// <remarks>Ratios are Q32 (unsigned, 32 fractional bits). Its tokens move as of the seal's position.</remarks>
public sealed record WindowClosed : EventPayload
{
    /// <summary>Names of the community's metrics (white paper section 4.3), in persisted order.</summary>
    public static IReadOnlyList<string> MetricNames { get; } =
    [
        "activeUsers", "posts", "posters", "broadcastMinutes", "broadcasters", "likes", "likers", "comments", "commenters",
        "meanBroadcastMilliMinutes", "meanOnlineMilliMinutes", "peakConcurrentUsers",
    ];

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.WindowClosed;

    /// <summary>The UTC day.</summary>
    public required Day Window { get; init; }

    /// <summary>Position of the <see cref="WindowSealed"/> event.</summary>
    public required long SealedAt { get; init; }

    /// <summary>Root of the log tree over everything before the seal; its size is <see cref="SealedAt"/>.</summary>
    public required Digest LogRoot { get; init; }

    public required Digest RulesetHash { get; init; }

    /// <summary>Version of the rule code that computed this.</summary>
    public required uint RuleCodeVersion { get; init; }

    /// <summary>How many activity events ended with each verdict, by verdict code.</summary>
    public required ulong[] Verdicts { get; init; }

    /// <summary>The metrics of <see cref="MetricNames"/>.</summary>
    public required ulong[] Metrics { get; init; }

    /// <summary>Each metric's reference (Q32) that the index was taken over.</summary>
    public required ulong[] References { get; init; }

    /// <summary>Activity index A, Q32.</summary>
    public required ulong Index { get; init; }

    /// <summary>Elasticity coefficient E after clamping, Q32.</summary>
    public required ulong Elasticity { get; init; }

    /// <summary>The incentive fund when the pool was drawn.</summary>
    public required TokenAmount FundBefore { get; init; }

    public required TokenAmount TopUps { get; init; }

    /// <summary>R = floor(F · δ · E) + top-ups.</summary>
    public required TokenAmount Pool { get; init; }

    public required TokenAmount PoaPool { get; init; }

    public required TokenAmount PocPool { get; init; }

    public required TokenAmount PoaPaid { get; init; }

    public required TokenAmount PocPaid { get; init; }

    /// <summary>What goes back to the fund: pool − paid.</summary>
    public required TokenAmount Returned { get; init; }

    /// <summary>SHA-256 over the contribution sheet's canonical bytes.</summary>
    public required Digest SheetDigest { get; init; }

    /// <summary>SHA-256 over the journal entries that the close posts.</summary>
    public required Digest JournalDigest { get; init; }

    /// <summary>SHA-256 over the state that the next window starts from.</summary>
    public required Digest StateDigest { get; init; }

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("window", Window);
        fields.Int64("sealedAt", SealedAt);
        fields.Digest("logRoot", LogRoot);
        fields.Digest("rulesetHash", RulesetHash);
        fields.UInt32("ruleCodeVersion", RuleCodeVersion);
        for (int i = 0; i < Validity.Verdicts.Count; i++) fields.UInt64("verdict." + Validity.Verdicts.Code(i), Verdicts[i]);
        for (int i = 0; i < MetricNames.Count; i++) fields.UInt64("metric." + MetricNames[i], Metrics[i]);
        for (int i = 0; i < MetricNames.Count; i++) fields.UInt64("reference." + MetricNames[i], References[i]);
        fields.UInt64("index", Index);
        fields.UInt64("elasticity", Elasticity);
        fields.Amount("fundBefore", FundBefore);
        fields.Amount("topUps", TopUps);
        fields.Amount("pool", Pool);
        fields.Amount("poaPool", PoaPool);
        fields.Amount("pocPool", PocPool);
        fields.Amount("poaPaid", PoaPaid);
        fields.Amount("pocPaid", PocPaid);
        fields.Amount("returned", Returned);
        fields.Digest("sheetDigest", SheetDigest);
        fields.Digest("journalDigest", JournalDigest);
        fields.Digest("stateDigest", StateDigest);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static WindowClosed Read(IFieldReader fields)
    {
        // Object initialisers run in source order, which is the persisted order.
        return new WindowClosed
        {
            Window = fields.Day("window"),
            SealedAt = fields.Int64("sealedAt"),
            LogRoot = fields.Digest("logRoot"),
            RulesetHash = fields.Digest("rulesetHash"),
            RuleCodeVersion = fields.UInt32("ruleCodeVersion"),
            Verdicts = ReadSeries(fields, "verdict.", Validity.Verdicts.Count, Validity.Verdicts.Code),
            Metrics = ReadSeries(fields, "metric.", MetricNames.Count, i => MetricNames[i]),
            References = ReadSeries(fields, "reference.", MetricNames.Count, i => MetricNames[i]),
            Index = fields.UInt64("index"),
            Elasticity = fields.UInt64("elasticity"),
            FundBefore = fields.Amount("fundBefore"),
            TopUps = fields.Amount("topUps"),
            Pool = fields.Amount("pool"),
            PoaPool = fields.Amount("poaPool"),
            PocPool = fields.Amount("pocPool"),
            PoaPaid = fields.Amount("poaPaid"),
            PocPaid = fields.Amount("pocPaid"),
            Returned = fields.Amount("returned"),
            SheetDigest = fields.Digest("sheetDigest"),
            JournalDigest = fields.Digest("journalDigest"),
            StateDigest = fields.Digest("stateDigest"),
        };
    }

    private static ulong[] ReadSeries(IFieldReader fields, string prefix, int count, Func<int, string> name)
    {
        ulong[] series = new ulong[count];
        for (int i = 0; i < count; i++) series[i] = fields.UInt64(prefix + name(i));
        return series;
    }
}
