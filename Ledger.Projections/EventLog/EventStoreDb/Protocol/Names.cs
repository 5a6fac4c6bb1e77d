using Google.Protobuf;

namespace Ledger.Projections.EventLog.EventStoreDb.Protocol;

/// <summary>A stream's name on the wire is its UTF-8 bytes.</summary>
internal sealed partial class StreamIdentifier
{
    public static StreamIdentifier Of(string name) => new() { Name = ByteString.CopyFromUtf8(name) };
}

/// <summary>Names that both sides of the protocol use.</summary>
internal static class WireNames
{
    /// <summary>Largest append: data, metadata and two bytes for each character of a type, added up over its events.</summary>
    public const int AppendBytesMax = 1 << 20;

    public const string TypeKey = "type";
    public const string ContentTypeKey = "content-type";
    public const string CreatedKey = "created";
    public const string Json = "application/json";
    public const string Bytes = "application/octet-stream";

    public const string ExceptionTrailer = "exception";
    public const string NotLeader = "not-leader";
    public const string LeaderHostTrailer = "leader-endpoint-host";
    public const string LeaderPortTrailer = "leader-endpoint-port";
    public const string AccessDenied = "access-denied";

    public const string StatusTrailer = "grpc-status";
    public const string MessageTrailer = "grpc-message";

    /// <summary>What the server says of an error beside status and message.</summary>
    public static readonly string[] ErrorTrailers = [ExceptionTrailer, LeaderHostTrailer, LeaderPortTrailer];

    /// <summary>What an event adds to the size of its append.</summary>
    public static int SizeOf(string type, int dataBytes, int metadataBytes) => dataBytes + metadataBytes + (2 * type.Length);
}
