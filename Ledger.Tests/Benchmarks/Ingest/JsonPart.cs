using System.Buffers;
using System.Diagnostics;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.Simulation;

namespace Ledger.Benchmarks.Ingest;

/// <summary>The NDJSON of a community's day, written and read by one thread.</summary>
internal static class JsonPart
{
    private const int Rounds = 4; // the first ones are not compiled yet

    public static Task RunAsync()
    {
        SubmittedEvent[] day = [.. new Community(new CommunitySettings { FirstDay = Day.FromNumber(20_770) }).Begin().NextDay()];
        ArrayBufferWriter<byte> json = new(1 << 26);
        using JsonEventWriter writer = new(json);
        for (int round = 0; round < Rounds; round++)
        {
            json.ResetWrittenCount();
            Stopwatch watch = Stopwatch.StartNew();
            foreach (SubmittedEvent e in day) writer.Write(e);
            IngestBench.Print("write", day.Length, watch.Elapsed);
        }

        JsonEventReader reader = new();
        for (int round = 0; round < Rounds; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            int lines = 0;
            for (ReadOnlyMemory<byte> rest = json.WrittenMemory; !rest.IsEmpty; lines++)
            {
                int end = rest.Span.IndexOf((byte)'\n');
                reader.Read(rest[..end]);
                rest = rest[(end + 1)..];
            }

            IngestBench.Print("read", lines, watch.Elapsed);
        }

        return Task.CompletedTask;
    }
}
