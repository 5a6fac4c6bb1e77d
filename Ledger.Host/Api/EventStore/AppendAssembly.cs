using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>One append as it arrives, in one message or many, bounded by the size an append may have.</summary>
internal sealed class AppendAssembly
{
    private readonly List<Proposal> _events = [];
    private int _size;

    public IReadOnlyList<Proposal> Events => _events;

    /// <summary>Whether the append is larger than allowed; its events are forgotten then.</summary>
    public bool IsTooLarge { get; private set; }

    /// <exception cref="RpcException">An event without an id, a type or a content type.</exception>
    public void Add(ProposedMessage message)
    {
        if (message.Id is null || !message.Id.TryId(out var id)) throw StreamErrors.Unreadable();
        if (!message.Metadata.TryGetValue(WireNames.TypeKey, out string? type)) throw StreamErrors.MissingProperty(WireNames.TypeKey);
        if (!message.Metadata.TryGetValue(WireNames.ContentTypeKey, out string? contentType)) throw StreamErrors.MissingProperty(WireNames.ContentTypeKey);
        if (IsTooLarge) return;
        _size += WireNames.SizeOf(type, message.Data.Length, message.CustomMetadata.Length);
        if (_size > WireNames.AppendBytesMax)
        {
            IsTooLarge = true;
            _events.Clear();
            return;
        }

        _events.Add(new Proposal(id, type, contentType == WireNames.Json, message.Data.Memory, message.CustomMetadata.Memory));
    }

    /// <summary>The stream's name.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public static string NameOf(StreamIdentifier? stream) =>
        stream is { Name.IsEmpty: false } ? stream.Name.ToStringUtf8() : throw StreamErrors.Unreadable();
}
