using System.Globalization;
using System.Text;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>
/// The process whose disk fails: appends a known history to a log and writes one line for each answer, <c>HEAD</c> after the append was acknowledged.
/// Mutants acknowledge what is not durable; the tests that use this program must catch them.
/// </summary>
internal static class AppendProgram
{
    /// <summary>A checkpoint every few commits, so that traces have some.</summary>
    public const int CheckpointBytes = 20_000;

    private const int ExitFault = 4;

    /// <summary>The history: batches of these sizes, again and again.</summary>
    private static readonly int[] BatchSizes = [1, 7, 30, 2, 12];

    /// <summary>The first events of the history.</summary>
    public static List<NewEvent[]> History(int batches)
    {
        SampleEvents sample = new(31);
        return [.. Enumerable.Range(0, batches).Select(i => sample.Take(BatchSizes[i % BatchSizes.Length]))];
    }

    /// <summary>Arguments: <c>history|ids</c>, the log's folder, how many batches or callers, <c>sound</c> or the name of a mutant.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        await using Stream answers = Console.OpenStandardOutput();
        int batches = int.Parse(args[2], CultureInfo.InvariantCulture);
        try
        {
            await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(args[1], folder => Store(folder, args[3]));
            if (args[0] == "ids") await RepeatIdsAsync(log, batches, answers);
            else await AppendAsync(log, batches, answers);
            return 0;
        }
        catch (LogFaultException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitFault;
        }
    }

    private static IBlockStore Store(string folder, string mutant) => mutant switch
    {
        "sound" => new BlockStore(LogFile.OpenWriter(folder), CheckpointBytes),
        "skip-sync" => Mutants.SkipSync(folder),
        "early-answer" => Mutants.AnswerEarly(folder),
        _ => throw new ArgumentException(mutant, nameof(mutant)),
    };

    private static async Task AppendAsync(EmbeddedEventLog log, int batches, Stream answers)
    {
        foreach (NewEvent[] batch in History(batches))
        {
            IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(batch);
            answers.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{outcomes[^1].Position + 1}\n")));
        }
    }

    // Many callers, each sending all ids in an order of its own.
    private static async Task RepeatIdsAsync(EmbeddedEventLog log, int callers, Stream answers)
    {
        const int BatchEvents = 100;
        NewEvent[] events = IdempotencyTests.Events();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            foreach (int batch in Shuffled(events.Length / BatchEvents, caller))
            {
                IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(events[(batch * BatchEvents)..((batch + 1) * BatchEvents)]);
                byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{batch * BatchEvents} {outcomes[0].Position}\n"));
                lock (answers) answers.Write(line);
            }
        })));
    }

    private static int[] Shuffled(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(order);
        return order;
    }
}
