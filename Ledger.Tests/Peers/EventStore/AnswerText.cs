using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>Answers in the short form of the table in specs/eventstore.md: positions differ from server to server and are a P.</summary>
internal static class AnswerText
{
    public static string Of(AppendResponse response) => response.ResultCase == AppendResponse.ResultOneofCase.Success
        ? Of(response.Success)
        : Of(response.WrongVersion);

    public static string Of(BatchAppendResponse response) => response.ResultCase == BatchAppendResponse.ResultOneofCase.Success
        ? Of(response.Success)
        : $"error {response.Error.Code} {response.Error.Message}: {Details(response.Error.Details)}";

    public static string Of(RpcException e)
    {
        // An answer without a body has its trailers among the HTTP headers.
        string trailers = string.Join("; ", e.Trailers.Where(t => !t.Key.StartsWith("grpc-", StringComparison.Ordinal) && t.Key is not ("date" or "server" or "content-type" or "content-length")).Select(t => $"{t.Key}={t.Value}"));
        return $"status {(int)e.StatusCode} '{e.Status.Detail}'{(trailers.Length > 0 ? " " + trailers : "")}";
    }

    public static string Of(ReadResponse response) => response.ContentCase switch
    {
        ReadResponse.ContentOneofCase.Event => $"[{response.Event.Event.Revision}]",
        ReadResponse.ContentOneofCase.Confirmation => "confirmation",
        ReadResponse.ContentOneofCase.NotFound => "not_found",
        ReadResponse.ContentOneofCase.FirstStreamPosition => $"first {response.FirstStreamPosition}",
        ReadResponse.ContentOneofCase.LastStreamPosition => $"last {response.LastStreamPosition}",
        ReadResponse.ContentOneofCase.CaughtUp => "caught_up",
        ReadResponse.ContentOneofCase.Checkpoint => "checkpoint",
        var other => other.ToString(),
    };

    public static string Of(IEnumerable<ReadResponse> responses)
    {
        StringBuilder text = new();
        foreach (ReadResponse response in responses)
        {
            string one = Of(response);
            if (text.Length > 0 && (one[0] != '[' || text[^1] != ']')) text.Append(' ');
            text.Append(one);
        }

        return text.Length == 0 ? "(nothing)" : text.ToString();
    }

    private static string Of(AppendSuccess success) => string.Create(CultureInfo.InvariantCulture, $"success {(success.CurrentCase == AppendSuccess.CurrentOneofCase.Revision ? $"revision {success.Revision}" : "no_stream")} {(success.PlaceCase == AppendSuccess.PlaceOneofCase.Position ? "position P" : "no_position")}");

    private static string Of(AppendResponse.Types.WrongVersion wrong)
    {
        string old = $"{(wrong.OldCurrentCase == AppendResponse.Types.WrongVersion.OldCurrentOneofCase.OldCurrentRevision ? wrong.OldCurrentRevision : "no_stream")}/{OldExpected(wrong)}";
        string current = wrong.CurrentCase == AppendResponse.Types.WrongVersion.CurrentOneofCase.CurrentRevision ? $"{wrong.CurrentRevision}" : "no_stream";
        string expected = wrong.ExpectedCase switch
        {
            AppendResponse.Types.WrongVersion.ExpectedOneofCase.ExpectedRevision => $"{wrong.ExpectedRevision}",
            AppendResponse.Types.WrongVersion.ExpectedOneofCase.ExpectedNoStream => "no_stream",
            AppendResponse.Types.WrongVersion.ExpectedOneofCase.ExpectedExists => "exists",
            _ => "any",
        };
        return $"wrong {current}/{expected} (old fields {old})";
    }

    private static string OldExpected(AppendResponse.Types.WrongVersion wrong) => wrong.OldExpectedCase switch
    {
        AppendResponse.Types.WrongVersion.OldExpectedOneofCase.OldExpectedRevision => $"{wrong.OldExpectedRevision}",
        AppendResponse.Types.WrongVersion.OldExpectedOneofCase.OldExpectedExists => "exists",
        _ => "any",
    };

    private static string Details(Any details)
    {
        if (details.TryUnpack(out WrongExpectedVersion wrong))
        {
            string current = wrong.CurrentCase == WrongExpectedVersion.CurrentOneofCase.CurrentRevision ? $"{wrong.CurrentRevision}" : "no_stream";
            string expected = wrong.ExpectedCase switch
            {
                WrongExpectedVersion.ExpectedOneofCase.ExpectedRevision => $"{wrong.ExpectedRevision}",
                WrongExpectedVersion.ExpectedOneofCase.ExpectedNoStream => "no_stream",
                WrongExpectedVersion.ExpectedOneofCase.ExpectedExists => "exists",
                _ => "any",
            };
            return $"{details.TypeUrl} {current}/{expected}";
        }

        if (details.TryUnpack(out MaximumAppendSizeExceeded size)) return $"{details.TypeUrl} {size.MaximumAppendSize}";
        return details.TryUnpack(out BadRequest bad) ? $"{details.TypeUrl} {bad.Message}" : details.TypeUrl;
    }
}
