using System.Globalization;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows;

/// <summary>Guarantee: every number of the tables in <c>specs/scaling.md</c> follows from the inputs that stand at its top.</summary>
public class ScalingPageTests
{
    private const long SecondsPerDay = 86_400;
    private const long DaysPerYear = 365;

    private readonly Dictionary<string, decimal> _input =
        SpecTables.Read("scaling.md", "Inputs").ToDictionary(row => row["input"], row => Number(row["value"]), StringComparer.Ordinal);

    [Fact]
    public void Page_shows_what_arrives()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("scaling.md", "What arrives"))
        {
            decimal events = EventsPerDay(row);
            Equal(events, row["events a day"]);
            Equal(decimal.Floor(events / SecondsPerDay), row["events/s, mean"]);
            Equal(Peak(row), row["events/s, peak"]);
            Equal(DaysPerYear * events, row["events a year"]);
        }
    }

    [Fact]
    public void Page_shows_what_keeping_it_takes()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("scaling.md", "Keeping it"))
        {
            Equal(decimal.Ceiling(Peak(row) / _input["embedded append, events/s"]), row["embedded logs"]);
            Equal(decimal.Ceiling(Peak(row) / _input["PostgreSQL append, events/s"]), row["PostgreSQL writers"]);
            Equal(decimal.Ceiling(Peak(row) / _input["EventStoreDB append, events/s"]), row["EventStoreDB clusters"]);
            Equal(Terabytes(row, "embedded, bytes per event"), row["embedded, TB a year"]);
            Equal(Terabytes(row, "PostgreSQL, bytes per event"), row["PostgreSQL, TB a year"]);
            Equal(Terabytes(row, "EventStoreDB, bytes per event"), row["EventStoreDB, TB a year and copy"]);
        }
    }

    [Fact]
    public void Page_shows_what_closing_a_day_takes()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("scaling.md", "Closing a day"))
        {
            decimal events = EventsPerDay(row);
            decimal nodes = Number(row["nodes"]);
            Assert.InRange(nodes, 1, ClusterFold.PartCount);
            decimal passes = Passes(events / nodes, rereadsCheaply: false);
            Equal(WindowFold.ShardsFor((long)events, names: 0), row["shards"]);
            Equal(passes, row["passes of a node"]);
            Equal(Hours(events / nodes, events * Passes(events / nodes, rereadsCheaply: true), _input["columns from the embedded log, events/s of a core"] * Cores), row["hours, embedded"]);
            Equal(Hours(events / nodes, events * passes, _input["columns from PostgreSQL, events/s of a node"]), row["hours, PostgreSQL"]);
            Equal(Hours(events / nodes, events * passes, _input["reads from EventStoreDB, events/s of a node"]), row["hours, EventStoreDB"]);
        }
    }

    [Fact]
    public void Page_shows_what_replaying_a_year_takes()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read("scaling.md", "Replaying a year"))
        {
            decimal events = EventsPerDay(row) * DaysPerYear;
            Equal(decimal.Round(events / _input["embedded log to closed window, events/s"] / 3600, 1), row["hours, embedded"]);
            Equal(decimal.Round(events / _input["columns from PostgreSQL, events/s of a node"] / 3600, 1), row["hours to read it once, PostgreSQL"]);
            Equal(decimal.Round(events / _input["reads from EventStoreDB, events/s of a node"] / 3600, 1), row["hours to read it once, EventStoreDB"]);
        }
    }

    private static decimal Passes(decimal share, bool rereadsCheaply) => WindowFold.PassesFor((long)share, new FoldOptions().EventsPerPassMax, rereadsCheaply);

    private decimal Cores => _input["cores of a node"];

    private decimal EventsPerDay(IReadOnlyDictionary<string, string> row) => Number(row["daily users"]) * _input["events per daily user and day"];

    private decimal Peak(IReadOnlyDictionary<string, string> row) => decimal.Floor(EventsPerDay(row) / SecondsPerDay * _input["peak over mean"]);

    private decimal Terabytes(IReadOnlyDictionary<string, string> row, string size) => decimal.Round(EventsPerDay(row) * DaysPerYear * _input[size] / 1e12m, 1);

    // A node reads the whole window in each pass and judges its share once.
    private decimal Hours(decimal judged, decimal read, decimal readPerSecond) =>
        decimal.Round(((read / readPerSecond) + (judged / (_input["fold over columns, events/s of a core"] * Cores))) / 3600, 2);

    private static void Equal(decimal expected, string cell) => Assert.Equal(expected, Number(cell));

    private static decimal Number(string cell) => decimal.Parse(cell, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
