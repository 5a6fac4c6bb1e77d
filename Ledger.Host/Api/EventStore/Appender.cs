using System.Globalization;
using Ledger.Core.Events;
using Ledger.Host.Security;

namespace Ledger.Host.Api.EventStore;

/// <summary>Whether a caller may state events of a kind.</summary>
internal delegate bool MayState(EventKind kind);

/// <summary>Appends for one caller, within its scopes and its rate.</summary>
internal sealed class Appender(IStreamStore store, ApiCaller caller)
{
    public async ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, CancellationToken cancel)
    {
        if (events.Count > 0 && !caller.Limit.TryTakeEvents(events.Count, out TimeSpan wait))
            return new AppendAnswer.Refused("rate-limited", string.Create(CultureInfo.InvariantCulture, $"the client sends more than its keys allow; wait {wait.TotalSeconds:0.###} s")) { WillPass = true };
        return await store.AppendAsync(stream, expected, events, MayState, cancel);
    }

    // What the ledger alone states has no scope; ingest refuses it in its own words.
    private bool MayState(EventKind kind) => KindScopes.Of(kind) is not { } scope || caller.May(scope);
}
