using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.Ingest;

/// <summary>Writes what became of every item of a request, in the order of the items.</summary>
/// <remarks>An item that was taken is a fixed text and a number; they go side by side into the room that the output gives, without asking it for each.</remarks>
internal static class VerdictWriter
{
    private static readonly byte[][] Statuses = [.. new[] { "accepted", "carried-forward", "duplicate", "refused" }.Select(status => Encoding.ASCII.GetBytes($"{{\"status\":\"{status}\""))];

    // A status, a position of 19 digits, and what stands around them.
    private const int TakenBytesMax = 80;

    /// <summary>Items by outcome, in the order of <see cref="IntakeStatus"/>.</summary>
    public static int[] Count(IntakeOutcome[] outcomes)
    {
        int[] counts = new int[Statuses.Length];
        foreach (ref readonly IntakeOutcome outcome in outcomes.AsSpan()) counts[(int)outcome.Status]++;
        return counts;
    }

    public static void Write(IBufferWriter<byte> output, IntakeOutcome[] outcomes, int[] counts, bool isDryRun)
    {
        output.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"dryRun\":{(isDryRun ? "true" : "false")},\"accepted\":{counts[(int)IntakeStatus.Accepted]},\"carriedForward\":{counts[(int)IntakeStatus.CarriedForward]},\"duplicates\":{counts[(int)IntakeStatus.Duplicate]},\"refused\":{counts[(int)IntakeStatus.Refused]},\"items\":[")));
        Span<byte> room = output.GetSpan(TakenBytesMax);
        int used = 0;
        for (int i = 0; i < outcomes.Length; i++)
        {
            ref readonly IntakeOutcome outcome = ref outcomes[i];
            if (room.Length - used < TakenBytesMax)
            {
                output.Advance(used);
                room = output.GetSpan(TakenBytesMax);
                used = 0;
            }

            if (i > 0) room[used++] = (byte)',';
            used += Taken(room[used..], outcome);
            if (outcome.Refusal is { } refusal)
            {
                output.Advance(used);
                Write(output, refusal);
                room = output.GetSpan(TakenBytesMax);
                used = 0;
            }

            room[used++] = (byte)'}';
        }

        output.Advance(used);
        output.Write("]}"u8);
    }

    // Everything of an item but why it was refused, and its end.
    private static int Taken(Span<byte> room, in IntakeOutcome outcome)
    {
        ReadOnlySpan<byte> status = Statuses[(int)outcome.Status];
        status.CopyTo(room);
        if (outcome.Position < 0) return status.Length;
        ReadOnlySpan<byte> position = ",\"position\":"u8;
        position.CopyTo(room[status.Length..]);
        outcome.Position.TryFormat(room[(status.Length + position.Length)..], out int digits, default, CultureInfo.InvariantCulture);
        return status.Length + position.Length + digits;
    }

    private static void Write(IBufferWriter<byte> output, Refusal refusal)
    {
        Member(",\"code\":"u8, refusal.Code);
        if (refusal.Field is { } field) Member(",\"field\":"u8, field);
        Member(",\"detail\":"u8, refusal.Detail);

        void Member(ReadOnlySpan<byte> name, string text)
        {
            output.Write(name);
            output.Write(JsonSerializer.SerializeToUtf8Bytes(text, ApiJson.Answers)); // half a character of a sender's name is its business too
        }
    }
}
