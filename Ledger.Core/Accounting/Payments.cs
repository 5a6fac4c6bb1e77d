using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Core.Accounting;

/// <summary>Who pays whom, and in whose space.</summary>
internal readonly record struct Parties(int Payer, int Payee, int Space);

/// <summary>Finds the parties of a payment, or that there are none: unknown, suspended, or one and the same.</summary>
internal sealed class Payments(Directory directory)
{
    /// <summary>Whether an account was open and not suspended at a position.</summary>
    internal bool CanTakePart(int account, long position)
    {
        if ((uint)account >= (uint)directory.Accounts.Length) return false;
        AccountFacts facts = directory.Accounts[account];
        return facts.OpenedAt < position && facts.SuspendedAt > position;
    }

    internal Parties? ToProvider(AccountId payer, SpaceId space, long position)
    {
        int ordinal = directory.Names.Intern(space.Value);
        if (ordinal >= directory.Spaces.Length || directory.Spaces[ordinal].OpenedAt >= position) return null;
        return Between(directory.Names.Intern(payer.Value), directory.Spaces[ordinal].Provider, ordinal, position);
    }

    internal Parties? ToOwner(ContentPurchased purchase, long position) =>
        Content(purchase.Content, position) is { } content
            ? Between(directory.Names.Intern(purchase.Account.Value), content.Owner, content.Space, position)
            : null;

    /// <summary>The credit of a visit that came through a share link: of the sharer, for the visitor, in the space of what was shared.</summary>
    internal (int Sharer, int Visitor, int Space)? Visit(ShareVisited visit, long position)
    {
        if (Content(visit.Content, position) is not { } content) return null;
        int sharer = directory.Names.Intern(visit.Account.Value), visitor = directory.Names.Intern(visit.Visitor.Value);
        bool valid = sharer != visitor && sharer != content.Owner && CanTakePart(sharer, position) && CanTakePart(visitor, position);
        return valid ? (sharer, visitor, content.Space) : null;
    }

    private ContentFacts? Content(ContentId id, long position)
    {
        int ordinal = directory.Names.Intern(id.Value);
        if (ordinal >= directory.Contents.Length) return null;
        ContentFacts facts = directory.Contents[ordinal];
        return facts.OpenedAt < position && facts.DeletedAt > position ? facts : null;
    }

    private Parties? Between(int payer, int payee, int space, long position) =>
        payer != payee && CanTakePart(payer, position) && CanTakePart(payee, position) ? new Parties(payer, payee, space) : null;
}
