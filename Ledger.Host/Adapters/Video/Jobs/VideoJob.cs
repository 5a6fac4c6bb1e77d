using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Video.Transcode;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>What a client asks to be made: the body of <c>POST /v1/videos</c>.</summary>
/// <param name="Content">The new video's id; asked for again, it is the same video.</param>
/// <param name="Space">Where it is shown.</param>
/// <param name="Account">Its owner.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Clips">What it is made of.</param>
/// <param name="Mute">Where it has no sound.</param>
/// <param name="Captions">What is written in it.</param>
internal sealed record VideoRequest(string Content, string Space, string Account, string Category, IReadOnlyList<Clip> Clips, IReadOnlyList<Stretch>? Mute = null, IReadOnlyList<Caption>? Captions = null)
{
    public EditList Edits => new(Clips, Mute ?? [], Captions ?? []);
}

/// <summary>How far a video is.</summary>
internal enum VideoState
{
    /// <summary>Its turn has not come.</summary>
    Queued,

    /// <summary>It is being made; a host that stops meanwhile makes it anew.</summary>
    Working,

    /// <summary>It is made, on the disk, and is to be stated.</summary>
    Ready,

    /// <summary>The ledger has it.</summary>
    Published,

    /// <summary>It will not be; the code says why.</summary>
    Refused,
}

/// <summary>A video in the making, or made.</summary>
/// <param name="Client">The client that asked for it.</param>
/// <param name="Request">What it asked for.</param>
/// <param name="State">How far it is.</param>
/// <param name="Code">Why it is refused.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Cid">Its source's name in IPFS, once it is made.</param>
/// <param name="DurationMs">Its real length, once it is made.</param>
/// <param name="Attempts">How often making it began.</param>
/// <param name="IsPinned">Whether the IPFS node has it.</param>
internal sealed record VideoJob(string Client, VideoRequest Request, VideoState State, string? Code, string? Detail, Cid? Cid, long DurationMs, int Attempts, bool IsPinned)
{
    /// <summary>The id of its event, and its folder's name: whoever makes it, it is published once.</summary>
    public EventId Id { get; } = EventId.Derive("video", Request.Content);

    /// <summary>Whole seconds, so that nobody can watch more than there is; a video shorter than one has one.</summary>
    public uint DurationSeconds => (uint)Math.Max(1, DurationMs / 1_000);

    /// <summary>What is stated of it.</summary>
    public VideoPublished Published => new(new ContentId(Request.Content), new SpaceId(Request.Space), new AccountId(Request.Account), Request.Category, DurationSeconds, Cid);
}
