using System.Globalization;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.Simulation;

namespace Ledger.Tests.Cli;

/// <summary>NDJSON of a small community.</summary>
internal static class SampleActivity
{
    public static Day FirstDay { get; } = Day.FromNumber(20_458);

    /// <summary>Lines of the first days of a community of 100.</summary>
    public static IReadOnlyList<string> Lines(int days, int eventsPerDay)
    {
        CommunityRun life = new Community(new CommunitySettings { Accounts = 100, Days = days, EventsPerDay = eventsPerDay, FirstDay = FirstDay, Seed = 5 }).Begin();
        List<string> lines = [];
        while (life.HasNext)
        {
            foreach (SubmittedEvent e in life.NextDay())
            {
                System.Buffers.ArrayBufferWriter<byte> line = new();
                using JsonEventWriter writer = new(line);
                writer.Write(e);
                lines.Add(Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd('\n'));
            }
        }

        return lines;
    }

    public static string Opened(int number, string account) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"00000000-0000-8000-8000-{{number:D12}}","kind":"account-opened","v":1,"occurredAt":"{{FirstDay}}T08:00:00.000Z","account":"{{account}}"}""");
}
