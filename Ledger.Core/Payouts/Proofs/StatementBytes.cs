using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>A statement's canonical bytes, read without the ledger that wrote them; the layout is <see cref="RewardStatement"/>'s.</summary>
internal sealed record StatementBytes
{
    private const byte Layout = 1;
    private const int RulesetOffset = 5;
    private const int SheetOffset = 37;
    private const int CountOffset = 101;
    private const int TotalOffset = 105;
    private const int LinesOffset = 121;
    private const int AmountBytes = 16;

    /// <summary>Days since 1970-01-01.</summary>
    public required int Window { get; init; }

    public required Digest RulesetHash { get; init; }

    public required Digest SheetDigest { get; init; }

    public required TokenAmount Total { get; init; }

    /// <summary>Sum over the lines.</summary>
    public required TokenAmount LinesTotal { get; init; }

    public required ulong LineCount { get; init; }

    public required ulong AccountCount { get; init; }

    /// <summary>The lines of the account asked for.</summary>
    public required IReadOnlyList<StatedLine> OfAccount { get; init; }

    /// <summary>Reads a whole statement, keeping the lines of one account; null when the bytes are no statement.</summary>
    public static StatementBytes? Read(ReadOnlySpan<byte> bytes, AccountId account)
    {
        if (bytes.Length < LinesOffset || bytes[0] != Layout) return null;
        ReadOnlySpan<byte> wanted = Encoding.UTF8.GetBytes(account.Value);
        ReadOnlySpan<byte> rest = bytes[LinesOffset..], previous = default;
        List<StatedLine> ofAccount = [];
        UInt128 total = 0;
        ulong lines = 0, accounts = 0;
        for (; !rest.IsEmpty; lines++)
        {
            int idSize = rest[0];
            if (rest.Length < 1 + idSize + 1 + AmountBytes) return null;
            ReadOnlySpan<byte> id = rest.Slice(1, idSize);
            PayoutRule rule = (PayoutRule)rest[1 + idSize];
            UInt128 amount = BinaryPrimitives.ReadUInt128LittleEndian(rest[(2 + idSize)..]);
            if (rule is PayoutRule.None or > PayoutRule.Poc || amount > UInt128.MaxValue - total) return null;

            total += amount;
            if (lines == 0 || !id.SequenceEqual(previous)) accounts++;
            if (id.SequenceEqual(wanted)) ofAccount.Add(new StatedLine(rule, TokenAmount.FromBaseUnits(amount)));
            previous = id;
            rest = rest[(2 + idSize + AmountBytes)..];
        }

        return BinaryPrimitives.ReadInt32LittleEndian(bytes[CountOffset..]) != (long)lines ? null : new StatementBytes
        {
            Window = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]),
            RulesetHash = Digest.FromBytes(bytes.Slice(RulesetOffset, Digest.SizeBytes)),
            SheetDigest = Digest.FromBytes(bytes.Slice(SheetOffset, Digest.SizeBytes)),
            Total = TokenAmount.FromBaseUnits(BinaryPrimitives.ReadUInt128LittleEndian(bytes[TotalOffset..])),
            LinesTotal = TokenAmount.FromBaseUnits(total),
            LineCount = lines,
            AccountCount = accounts,
            OfAccount = ofAccount,
        };
    }
}
