using System.Globalization;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>The protocol's errors: a status, and trailers by which the official clients know them.</summary>
internal static class StreamErrors
{
    public static RpcException Refused(AppendAnswer.Refused refusal) =>
        Of(refusal.WillPass ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument, $"{refusal.Code}: {refusal.Detail}", refusal.Code);

    public static RpcException MissingProperty(string property) => Of(
        StatusCode.InvalidArgument,
        $"Required Metadata Property '{property}' is missing",
        "missing-required-metadata-property",
        ("required-metadata-properties", $"{WireNames.TypeKey},{WireNames.ContentTypeKey}"));

    public static RpcException AppendTooLarge() => Of(
        StatusCode.InvalidArgument,
        $"Maximum Append Size of {WireNames.AppendBytesMax} Exceeded.",
        "maximum-append-size-exceeded",
        ("maximum-append-size", WireNames.AppendBytesMax.ToString(CultureInfo.InvariantCulture)));

    public static RpcException Immutable() => Of(
        StatusCode.FailedPrecondition,
        "history-immutable: the ledger's history is never deleted; what is wrong is put right by a later event",
        "history-immutable");

    public static RpcException NoExpectation() =>
        new(new Status(StatusCode.InvalidArgument, "'None' is not a valid EventStore.Client.Streams.AppendReq+Types+Options+ExpectedStreamRevisionOneofCase"));

    public static RpcException InvalidCombination(string source, string amount, string direction, string filter) =>
        new(new Status(StatusCode.InvalidArgument, $"The combination of ({source}, {amount}, {direction}, {filter}) is invalid."));

    public static RpcException ReadFailed(string result) => new(new Status(StatusCode.Unknown, $"Unexpected {result}: Error"));

    /// <summary>What the real server answers to a name or an id that cannot be read.</summary>
    public static RpcException Unreadable() => new(new Status(StatusCode.Unknown, "Exception was thrown by handler."));

    public static RpcException BadFilter(string detail) => new(new Status(StatusCode.InvalidArgument, $"filter-malformed: {detail}"));

    private static RpcException Of(StatusCode code, string message, string exception, params (string Key, string Value)[] trailers)
    {
        Metadata metadata = new() { { WireNames.ExceptionTrailer, exception } };
        foreach ((string key, string value) in trailers) metadata.Add(key, value);
        return new RpcException(new Status(code, message), metadata);
    }
}
