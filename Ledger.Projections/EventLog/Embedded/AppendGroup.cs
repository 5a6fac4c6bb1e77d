namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Appends that become durable by one commit, and what is to be committed for them.</summary>
internal sealed class AppendGroup
{
    private readonly List<AppendRequest> _requests = [];

    /// <summary>Events asked for, duplicates included.</summary>
    public int Events { get; private set; }

    /// <summary>In order; none when all that was asked for was known or refused.</summary>
    public List<SealedBlock> Blocks { get; } = [];

    /// <summary>Ids up to the last block's end that go to disk after the commit, if any.</summary>
    public IdTable? FullIds { get; set; }

    public void Add(AppendRequest request)
    {
        _requests.Add(request);
        Events += request.Prepared.Events.Count;
    }

    public void Acknowledge()
    {
        foreach (AppendRequest request in _requests) request.Acknowledge();
    }

    public void Fail(Exception fault)
    {
        foreach (AppendRequest request in _requests) request.Fail(fault);
    }
}

/// <summary>On the way from deciding to sealing: a filled draft, or the end of a group, or both.</summary>
internal readonly record struct DraftedBlock(BlockDraft? Draft, AppendGroup? Ends);
