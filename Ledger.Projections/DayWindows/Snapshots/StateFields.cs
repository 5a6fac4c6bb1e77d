using System.Buffers;
using Ledger.Core.Contributions;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows.Snapshots;

/// <summary>How the parts of a state stand in a snapshot's bytes: little-endian, each count before its rows.</summary>
internal static class StateFields
{
    /// <summary>A part that writes itself, behind its size (4).</summary>
    public static void WriteSection(this BinaryWriter output, Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> bytes = new(4096);
        write(bytes);
        output.Write(bytes.WrittenCount);
        output.Write(bytes.WrittenSpan);
    }

    public static byte[] ReadSection(this BinaryReader input)
    {
        int size = input.ReadInt32();
        byte[] bytes = input.ReadBytes(size);
        return bytes.Length == size ? bytes : throw new EndOfStreamException();
    }

    public static void Write(this BinaryWriter output, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.SizeBytes];
        digest.WriteTo(bytes);
        output.Write(bytes);
    }

    public static Digest ReadDigest(this BinaryReader input) => Digest.FromBytes(input.ReadBytes(Digest.SizeBytes));

    public static Day ReadDay(this BinaryReader input) => Day.FromNumber(input.ReadInt32());

    /// <summary>A ruleset as its canonical document.</summary>
    public static void Write(this BinaryWriter output, Ruleset ruleset) => output.WriteSection(bytes => bytes.Write(RulesetDocument.Canonical(ruleset)));

    public static Ruleset ReadRuleset(this BinaryReader input) =>
        RulesetDocument.Parse(input.ReadSection()).Ruleset ?? throw new FormatException("state-damaged: a ruleset cannot be read");

    public static void Write(this BinaryWriter output, TeamRoster roster)
    {
        output.Write(roster.Count);
        for (int team = 0; team < roster.Count; team++)
        {
            output.Write(roster.Spaces[team]);
            output.Write(roster.Providers[team]);
            output.Write(roster.ProviderShareBps[team]);
            output.Write(roster.Members[team].Length);
            foreach (int member in roster.Members[team]) output.Write(member);
        }
    }

    public static TeamRoster ReadRoster(this BinaryReader input)
    {
        int count = input.ReadInt32();
        (int[] spaces, int[] providers, int[][] members, uint[] shares) = (new int[count], new int[count], new int[count][], new uint[count]);
        for (int team = 0; team < count; team++)
        {
            spaces[team] = input.ReadInt32();
            providers[team] = input.ReadInt32();
            shares[team] = input.ReadUInt32();
            members[team] = new int[input.ReadInt32()];
            for (int i = 0; i < members[team].Length; i++) members[team][i] = input.ReadInt32();
        }

        return new TeamRoster(spaces, providers, members, shares);
    }
}
