using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Where machines that fold parts of the same window leave them for whoever closes it.</summary>
/// <remarks>
/// Derived from the log and disposable. A part is written once and never changed; a write carries the term of the driver that asked for it,
/// and a store that has seen a later term refuses it, so that a machine that was given up for dead changes nothing when it comes back.
/// </remarks>
public interface ISheetStore : IAsyncDisposable
{
    /// <summary>Begins the next driver's term: every write of an earlier one is refused from here on.</summary>
    /// <returns>The term: a fencing token, 1 or more, higher than any before.</returns>
    Task<long> BeginTermAsync(CancellationToken cancel = default);

    /// <summary>Keeps parts, all that can be kept or none. Durable when it returns.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What became of each.</returns>
    /// <exception cref="LogFaultException"><c>part-differs</c>: a part is there with other bytes, so two machines folded the same log differently.</exception>
    Task<IReadOnlyList<PartWrite>> PutAsync(IReadOnlyList<FoldedPart> parts, CancellationToken cancel = default);

    /// <summary>The parts of a window that are there.</summary>
    Task<IReadOnlySet<int>> HeldAsync(Day window, long sealedAt, CancellationToken cancel = default);

    /// <summary>A part's bytes; null when it is not there.</summary>
    /// <exception cref="LogFaultException"><c>part-damaged</c>: they are not what was written.</exception>
    Task<byte[]?> ReadAsync(PartKey key, CancellationToken cancel = default);

    /// <summary>Forgets every part of windows before this one.</summary>
    Task DropBeforeAsync(Day window, CancellationToken cancel = default);
}

/// <summary>One part of a sealed window.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="SealedAt">Position of the seal: up to where the log was folded.</param>
/// <param name="Part">Which part, from 0.</param>
public readonly record struct PartKey(Day Window, long SealedAt, int Part);

/// <summary>A part to be kept.</summary>
/// <param name="Key">Which part.</param>
/// <param name="Term">The term it was asked for in.</param>
/// <param name="Bytes">The part.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
public sealed record FoldedPart(PartKey Key, long Term, byte[] Bytes, Digest Digest);

/// <summary>What became of a part's write.</summary>
public enum PartWrite
{
    /// <summary>It is there now.</summary>
    Stored,

    /// <summary>It was there before, with the same bytes.</summary>
    AlreadyStored,

    /// <summary>A later driver's term has begun; nothing was written.</summary>
    Fenced,
}
