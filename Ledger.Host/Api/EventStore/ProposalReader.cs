using Ledger.Core.Events;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.EventStore;

/// <summary>Reads a client's event: its data is the JSON form of specs/events.md, and id and type must say the same as the data.</summary>
internal sealed class ProposalReader
{
    private readonly JsonEventReader _reader = new();

    /// <summary>Why the proposal is no event of the catalogue, or null.</summary>
    public Refusal? Read(Proposal proposal, out SubmittedEvent e)
    {
        e = default;
        if (!proposal.IsJson) return new Refusal("content-type-not-json", "content-type", "application/json is expected: the log holds events of its catalogue only");
        if (!EventCatalogue.TryKind(proposal.Type, out EventKind kind))
            return new Refusal("unknown-kind", "type", $"'{Shown(proposal.Type)}' is not in this build's catalogue");
        try
        {
            e = _reader.Read(proposal.Data).Event;
        }
        catch (EventFormatException fault)
        {
            return new Refusal(fault.Code, fault.Field, DetailOf(fault));
        }

        if (e.Payload.Kind != kind) return new Refusal("type-mismatch", "type", $"'{proposal.Type}', but the data is a {EventCatalogue.Name(e.Payload.Kind)}");
        return e.Id != proposal.Id ? new Refusal("id-mismatch", "id", $"{proposal.Id}, but the data says {e.Id}") : null;
    }

    /// <summary>The message without code and field, which are told apart.</summary>
    private static string DetailOf(EventFormatException fault)
    {
        string prefix = fault.Field is null ? $"{fault.Code}: " : $"{fault.Code}: field '{fault.Field}': ";
        return fault.Message.StartsWith(prefix, StringComparison.Ordinal) ? fault.Message[prefix.Length..] : fault.Message;
    }

    private static string Shown(string text) => text.Length <= 64 ? text : text[..64];
}
