using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>One <c>Append</c> call: the options, then the events, one answer.</summary>
internal static class AppendCall
{
    public static async Task<AppendResponse> RunAsync(Appender appender, IAsyncStreamReader<AppendRequest> requests, CancellationToken cancel)
    {
        if (!await requests.MoveNext(cancel) || requests.Current.ContentCase != AppendRequest.ContentOneofCase.Options) throw StreamErrors.NoExpectation();
        ExpectedStream options = requests.Current.Options;
        string stream = AppendAssembly.NameOf(options.Stream);
        ExpectedVersion expected = Expected(options);
        AppendAssembly append = new();
        while (await requests.MoveNext(cancel))
        {
            if (requests.Current.ContentCase != AppendRequest.ContentOneofCase.Message) throw StreamErrors.Unreadable();
            append.Add(requests.Current.Message);
            if (append.IsTooLarge) throw StreamErrors.AppendTooLarge();
        }

        return await appender.AppendAsync(stream, expected, append.Events, cancel) switch
        {
            AppendAnswer.Done done => new AppendResponse { Success = Success(done) },
            AppendAnswer.WrongVersion wrong => new AppendResponse { WrongVersion = Wrong(expected, wrong.Current) },
            AppendAnswer.Refused refused => throw StreamErrors.Refused(refused),
            var other => throw new InvalidOperationException($"{other} is no answer"),
        };
    }

    public static AppendSuccess Success(AppendAnswer.Done done)
    {
        AppendSuccess success = new();
        if (done.Revision >= 0) success.Revision = (ulong)done.Revision;
        else success.NoStream = new Empty();
        if (done.Position is { } position) success.Position = new LogPosition { Commit = position, Prepare = position };
        else success.NoPosition = new Empty();
        return success;
    }

    private static ExpectedVersion Expected(ExpectedStream options) => options.ExpectedCase switch
    {
        ExpectedStream.ExpectedOneofCase.Revision => new ExpectedVersion((long)Math.Min(options.Revision, long.MaxValue)),
        ExpectedStream.ExpectedOneofCase.NoStream => ExpectedVersion.NoStream,
        ExpectedStream.ExpectedOneofCase.Any => ExpectedVersion.Any,
        ExpectedStream.ExpectedOneofCase.Exists => ExpectedVersion.Exists,
        _ => throw StreamErrors.NoExpectation(),
    };

    private static AppendResponse.Types.WrongVersion Wrong(ExpectedVersion expected, long current)
    {
        AppendResponse.Types.WrongVersion wrong = new();
        if (current >= 0) wrong.OldCurrentRevision = wrong.CurrentRevision = (ulong)current;
        else wrong.OldCurrentNoStream = wrong.CurrentNoStream = new Empty();
        switch (expected.Value)
        {
            case -1:
                (wrong.OldExpectedRevision, wrong.ExpectedNoStream) = (ulong.MaxValue, new Empty());
                break;
            case -4:
                wrong.OldExpectedExists = wrong.ExpectedExists = new Empty();
                break;
            default:
                wrong.OldExpectedRevision = wrong.ExpectedRevision = (ulong)expected.Value;
                break;
        }

        return wrong;
    }
}
