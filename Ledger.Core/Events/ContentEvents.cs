using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A video exists from here on. Publishing is an activity of its owner.</summary>
/// <param name="Content">The new video.</param>
/// <param name="Space">Where it is shown.</param>
/// <param name="Account">Its owner, who published it.</param>
/// <param name="Category">One word for what it is about; concentration over categories is vertical strength.</param>
/// <param name="DurationSeconds">Its length, in seconds.</param>
public sealed record VideoPublished(ContentId Content, SpaceId Space, AccountId Account, string Category, uint DurationSeconds) : ActivityPayload
{
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
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static VideoPublished Read(IFieldReader fields) => new(fields.Content("content"), fields.Space("space"), fields.Account("account"), fields.Text("category"), fields.UInt32("durationSeconds"));
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
