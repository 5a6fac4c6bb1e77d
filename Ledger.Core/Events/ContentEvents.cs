using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A video exists from here on. Publishing is an activity of its owner.</summary>
/// <param name="Content">The new video.</param>
/// <param name="Space">Where it is shown.</param>
/// <param name="Account">Its owner, who published it.</param>
/// <param name="Category">One word for what it is about; concentration over categories is vertical strength.</param>
/// <param name="DurationSeconds">Its length, in seconds.</param>
/// <param name="Cid">Its bytes' name in IPFS (version 2); null when the producer stated none (version 1).</param>
public sealed record VideoPublished(ContentId Content, SpaceId Space, AccountId Account, string Category, uint DurationSeconds, Cid? Cid = null) : ActivityPayload
{
    /// <inheritdoc/>
    public override byte Version => Cid is null ? (byte)1 : (byte)2;

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.VideoPublished;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Content(Content);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Content("content", Content);
        fields.Space("space", Space);
        fields.Account("account", Account);
        fields.Text("category", Category);
        fields.UInt32("durationSeconds", DurationSeconds);
        if (Cid is { } cid) fields.Cid("cid", cid);
    }

    /// <summary>Reads the fields of a version in persisted order.</summary>
    public static VideoPublished Read(IFieldReader fields, byte version) => new(
        fields.Content("content"), fields.Space("space"), fields.Account("account"), fields.Text("category"), fields.UInt32("durationSeconds"), version < 2 ? null : fields.Cid("cid"));
}

/// <summary>A video is gone; what was done to it in windows still open is retracted.</summary>
/// <param name="Content">Which video.</param>
public sealed record ContentDeleted(ContentId Content) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ContentDeleted;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Content(Content);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Content("content", Content);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ContentDeleted Read(IFieldReader fields) => new(fields.Content("content"));
}
