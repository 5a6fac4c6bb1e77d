using System.Globalization;
using System.Net;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>What a failed call means: try elsewhere, try again, or give up.</summary>
internal static class ClusterErrors
{
    /// <summary>Where the leader is, if the server that was asked said so.</summary>
    public static DnsEndPoint? LeaderOf(RpcException e) =>
        e.Trailers.GetValue(WireNames.ExceptionTrailer) == WireNames.NotLeader
        && e.Trailers.GetValue(WireNames.LeaderHostTrailer) is { Length: > 0 } host
        && int.TryParse(e.Trailers.GetValue(WireNames.LeaderPortTrailer), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? new DnsEndPoint(host, port)
            : null;

    /// <summary>The fault that no other server and no later time will mend; null when trying again may help.</summary>
    public static LogFaultException? Fatal(RpcException e) => e.StatusCode switch
    {
        _ when e.Trailers.GetValue(WireNames.ExceptionTrailer) == WireNames.NotLeader => null,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated =>
            new LogFaultException(WireNames.AccessDenied, "the cluster refuses the credentials of the connection string; they need to read and append the log's stream", e),
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal
            or StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.DataLoss or StatusCode.Unknown => null,
        _ => new LogFaultException("cluster-refused", $"the cluster answers {e.StatusCode}: {e.Status.Detail}", e),
    };
}
