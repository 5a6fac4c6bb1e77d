using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Accounting;

/// <summary>One side of a movement.</summary>
/// <param name="Account">Whose balance changes.</param>
/// <param name="Amount">By how much, base units; negative takes away.</param>
public readonly record struct Posting(JournalAccount Account, Int128 Amount);

/// <summary>A balanced movement of tokens: its postings sum to zero.</summary>
/// <param name="Position">Position of the event that caused it.</param>
/// <param name="Postings">Its sides, in the order the rule states them.</param>
public sealed record JournalEntry(long Position, Posting[] Postings)
{
    /// <summary>SHA-256 over entries' canonical bytes.</summary>
    /// <remarks>
    /// Little-endian; per entry the number of postings (4), then per posting the account's kind (1), its name (length byte, UTF-8) for accounts
    /// and apps or a number (4) for the rest, and the amount (16, two's complement). Positions are left out: entries of a close are computed before
    /// their event has one.
    /// </remarks>
    public static Digest DigestOf(IEnumerable<JournalEntry> entries, NameTable names)
    {
        using CanonicalBuffer output = new();
        foreach (JournalEntry entry in entries)
        {
            output.Int32(entry.Postings.Length);
            foreach (Posting posting in entry.Postings)
            {
                output.Byte((byte)posting.Account.Kind);
                if (posting.Account.IsNamed) output.Id(names.Bytes(posting.Account.Of));
                else output.Int32(posting.Account.Of);
                output.Amount(unchecked((UInt128)posting.Amount));
            }
        }

        return output.Finish();
    }

    /// <summary>Position and postings, accounts as ordinals.</summary>
    internal void WriteTo(CanonicalBuffer bytes)
    {
        bytes.Int64(Position);
        bytes.Int32(Postings.Length);
        foreach (Posting posting in Postings)
        {
            posting.Account.WriteTo(bytes);
            bytes.Signed(posting.Amount);
        }
    }

    internal static JournalEntry Read(ref CanonicalReader input)
    {
        long position = input.Int64();
        Posting[] postings = new Posting[input.Count()];
        for (int i = 0; i < postings.Length; i++) postings[i] = new Posting(JournalAccount.Read(ref input), input.Signed());
        return new JournalEntry(position, postings);
    }
}
