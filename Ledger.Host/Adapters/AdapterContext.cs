using System.Diagnostics.Metrics;
using Ledger.Core.Events;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters;

/// <summary>What an adapter is given: the ledger, the way in, the time, a folder of its own and where it counts.</summary>
internal sealed class AdapterContext
{
    private readonly string _name;
    private readonly string _settingsFolder;
    private readonly Action<string, IntakeOutcome[]> _counted;
    private readonly Func<IEnumerable<IAdapter>> _adapters;

    /// <param name="name">The adapter's name.</param>
    /// <param name="session">The ledger.</param>
    /// <param name="clock">The time.</param>
    /// <param name="settingsFolder">What relative paths in the settings start from.</param>
    /// <param name="meter">Where it makes its instruments, named <c>weledger.NAME.…</c>.</param>
    /// <param name="loggers">Makes its loggers.</param>
    /// <param name="counted">Told the adapter's name and what became of its events.</param>
    /// <param name="adapters">The adapters of the server, once all are made.</param>
    public AdapterContext(
        string name, LedgerSession session, TimeProvider clock, string settingsFolder, Meter meter, ILoggerFactory loggers,
        Action<string, IntakeOutcome[]> counted, Func<IEnumerable<IAdapter>> adapters)
    {
        (_name, _settingsFolder, _counted, _adapters) = (name, settingsFolder, counted, adapters);
        (Session, Clock, Meter, Loggers) = (session, clock, meter, loggers);
        Folder = Path.Combine(session.Folder, "adapters", name);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The ledger, for questions; what is stated goes through <see cref="SubmitAsync"/>.</summary>
    public LedgerSession Session { get; }

    /// <summary>The ledger's clock: the one that dates.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The adapter's own folder under the data folder; it exists.</summary>
    public string Folder { get; }

    public Meter Meter { get; }

    public ILoggerFactory Loggers { get; }

    /// <summary>The adapter of this server that does something for others, or null; not before all are made.</summary>
    public T? Other<T>()
        where T : class => _adapters().OfType<T>().FirstOrDefault();

    /// <summary>The absolute path of a path in the settings.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, _settingsFolder);

    /// <summary>States events: the same intake as the HTTP API's, with a verdict for each; what was taken is durable when it returns.</summary>
    /// <exception cref="LogFaultException">The log cannot go on; the ledger has been told. Stating everything again is safe.</exception>
    public async Task<IntakeOutcome[]> SubmitAsync(IReadOnlyList<SubmittedEvent> events)
    {
        if (events.Count == 0) return [];
        try
        {
            IntakeOutcome[] outcomes = await Session.Ledger.Intake.SubmitAsync(events);
            _counted(_name, outcomes);
            return outcomes;
        }
        catch (LogFaultException fault)
        {
            Session.Health.Fail(fault);
            throw;
        }
    }
}
