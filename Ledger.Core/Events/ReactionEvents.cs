using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>Somebody liked a video.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What was liked.</param>
public sealed record Liked(AccountId Account, ContentId Content) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Liked;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Liked Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"));
}

/// <summary>Somebody took a like back.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What is liked no more.</param>
public sealed record Unliked(AccountId Account, ContentId Content) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Unliked;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Unliked Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"));
}

/// <summary>Somebody wrote under a video. The text itself is not in the log.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What it was written under.</param>
/// <param name="Letters">Letters and digits in the text; 255 means 255 or more.</param>
/// <param name="TextDigest">First 56 bits of SHA-256 over the text, so that a repeated text can be told; see specs/events.md.</param>
public sealed record Commented(AccountId Account, ContentId Content, byte Letters, ulong TextDigest) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Commented;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
        fields.Byte("letters", Letters);
        fields.UInt64("textDigest", TextDigest);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Commented Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"), fields.Byte("letters"), fields.UInt64("textDigest"));
}

/// <summary>Somebody follows an account.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Followee">Who is followed.</param>
public sealed record Followed(AccountId Account, AccountId Followee) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Followed;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Account("followee", Followee);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Followed Read(IFieldReader fields) => new(fields.Account("account"), fields.Account("followee"));
}

/// <summary>Somebody follows an account no more.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Followee">Who is followed no more.</param>
public sealed record Unfollowed(AccountId Account, AccountId Followee) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Unfollowed;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Account("followee", Followee);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Unfollowed Read(IFieldReader fields) => new(fields.Account("account"), fields.Account("followee"));
}
