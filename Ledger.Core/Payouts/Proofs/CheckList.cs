using Ledger.Core.Events;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Collects checks; <see cref="AllOk"/> is false from the first failed one on.</summary>
internal sealed class CheckList
{
    private readonly List<ProofCheck> _checks = [];
    private string _prefix = "";

    public IReadOnlyList<ProofCheck> Checks => _checks;

    public bool AllOk { get; private set; } = true;

    /// <summary>Puts <paramref name="prefix"/> before the names of the checks that follow.</summary>
    public void Enter(string prefix) => _prefix = prefix;

    public void Equal<T>(string name, string shows, T expected, T found)
        where T : notnull =>
        Holds(name, shows, EqualityComparer<T>.Default.Equals(expected, found), $"{expected}", $"{found}");

    public void Holds(string name, string shows, bool ok, string expected, string found)
    {
        AllOk &= ok;
        _checks.Add(new ProofCheck(_prefix + name, shows, ok, expected, found));
    }

    /// <summary>Reads an event's bytes and checks that it is of the type asked for; null, and a failed check, when it is not.</summary>
    public NewEvent? Event<T>(string name, string shows, string expected, LoggedEvent logged)
        where T : EventPayload
    {
        NewEvent? read = null;
        string found;
        try
        {
            read = CanonicalBytes.Read(logged.Bytes);
            found = EventCatalogue.Name(read.Payload.Kind);
        }
        catch (FormatException e)
        {
            found = e.Message;
        }

        bool ok = read?.Payload is T;
        Holds(name, shows, ok, expected, found);
        return ok ? read : null;
    }
}
