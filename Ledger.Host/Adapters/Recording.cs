using Ledger.Core.Identity;

namespace Ledger.Host.Adapters;

/// <summary>A finished recording of a broadcast, on a disk of this host.</summary>
/// <param name="Content">The video that it becomes; the same recording is the same video for ever.</param>
/// <param name="Path">The file.</param>
/// <param name="Space">Where it was broadcast.</param>
/// <param name="Account">Who broadcast it.</param>
/// <param name="Category">What the video is about.</param>
internal sealed record Recording(ContentId Content, string Path, SpaceId Space, AccountId Account, string Category);

/// <summary>An adapter that makes videos of recordings.</summary>
internal interface IRecordingSink
{
    /// <summary>Takes a recording; what was taken is durable when it returns. Told of the same one again, it does nothing new.</summary>
    /// <returns>Whether it was new.</returns>
    bool Take(Recording recording);
}
