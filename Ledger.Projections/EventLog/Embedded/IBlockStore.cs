namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Where sealed blocks become durable.</summary>
internal interface IBlockStore : IDisposable
{
    /// <summary>Stores the blocks all or nothing; returns when they are durable.</summary>
    void Commit(IReadOnlyList<SealedBlock> blocks);

    /// <summary>Moves what was committed to its final place when enough has gathered; between commits, so that nobody waits for it.</summary>
    /// <remarks>A failure here is as final as one of a commit: later syncs would not tell whether the earlier bytes arrived.</remarks>
    void Checkpoint();
}
