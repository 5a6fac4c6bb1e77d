using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Empty = Ledger.Projections.EventLog.EventStoreDb.Protocol.Empty;

namespace Ledger.Host.Api.EventStore;

/// <summary>One <c>BatchAppend</c> call: many appends one after the other, each in one message or many, each with an answer of its own.</summary>
/// <remarks>Appends take effect in the order in which they end. A client that reads no answers is not read either.</remarks>
internal sealed class BatchAppendCall(Appender appender, TimeProvider clock, IServerStreamWriter<BatchAppendResponse> responses)
{
    /// <summary>Appends that may be begun and not ended at once.</summary>
    private const int OpenMax = 64;

    // google.rpc codes, as the real server uses them here.
    private const int InvalidArgument = 3;
    private const int DeadlineExceeded = 4;
    private const int AlreadyExists = 6;
    private const int ResourceExhausted = 8;

    private readonly Dictionary<EventId, Batch> _open = [];

    public async Task RunAsync(IAsyncStreamReader<BatchAppendRequest> requests, CancellationToken cancel)
    {
        while (await requests.MoveNext(cancel))
        {
            BatchAppendRequest request = requests.Current;
            if (request.Correlation is null || !request.Correlation.TryId(out EventId correlation)) throw StreamErrors.Unreadable();
            Batch batch = Open(correlation, request);
            batch.Take(request);
            if (!request.IsFinal) continue;
            _open.Remove(correlation);
            BatchAppendResponse response = await AnswerAsync(batch, cancel);
            response.Correlation = request.Correlation;
            response.Stream = batch.Options.Stream;
            await responses.WriteAsync(response, cancel);
        }
    }

    private Batch Open(EventId correlation, BatchAppendRequest request)
    {
        if (_open.TryGetValue(correlation, out Batch? known)) return known;
        if (request.Options is null) throw StreamErrors.NoExpectation();
        if (_open.Count == OpenMax)
            throw new RpcException(new Grpc.Core.Status(StatusCode.ResourceExhausted, $"too-many-open-appends: {OpenMax} appends are begun and none is ended; end one with is_final"));
        Batch batch = new(request.Options);
        _open.Add(correlation, batch);
        return batch;
    }

    private async ValueTask<BatchAppendResponse> AnswerAsync(Batch batch, CancellationToken cancel)
    {
        BatchAppendRequest.Types.Options options = batch.Options;
        BatchAppendResponse response = new();
        ExpectedVersion expected = Expect(options, response);
        if (batch.Malformed is { } malformed) return Fail(response, InvalidArgument, "BadRequest", new BadRequest { Message = malformed });
        if (batch.Append.IsTooLarge)
            return Fail(response, InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaximumAppendSize = WireNames.AppendBytesMax });
        if (IsLate(options)) return Fail(response, DeadlineExceeded, "Timeout", new Ledger.Projections.EventLog.EventStoreDb.Protocol.Timeout());
        switch (await appender.AppendAsync(batch.Stream, expected, batch.Append.Events, cancel))
        {
            case AppendAnswer.Done done:
                response.Success = AppendCall.Success(done);
                return response;
            case AppendAnswer.WrongVersion wrong:
                return Fail(response, AlreadyExists, "WrongExpectedVersion", Wrong(expected, wrong.Current));
            case AppendAnswer.Refused refused:
                // The official clients show the status message of what they do not know, so it says everything.
                string message = $"{refused.Code}: {refused.Detail}";
                return Fail(response, refused.WillPass ? ResourceExhausted : InvalidArgument, message, new BadRequest { Message = message });
            default:
                throw new InvalidOperationException("no answer");
        }
    }

    private bool IsLate(BatchAppendRequest.Types.Options options) =>
        options.DeadlineCase == BatchAppendRequest.Types.Options.DeadlineOneofCase.Until && options.Until.ToDateTimeOffset() < clock.GetUtcNow();

    private static ExpectedVersion Expect(BatchAppendRequest.Types.Options options, BatchAppendResponse response)
    {
        switch (options.ExpectedCase)
        {
            case BatchAppendRequest.Types.Options.ExpectedOneofCase.Revision:
                response.Revision = options.Revision;
                return new ExpectedVersion((long)Math.Min(options.Revision, long.MaxValue));
            case BatchAppendRequest.Types.Options.ExpectedOneofCase.NoStream:
                response.NoStream = options.NoStream;
                return ExpectedVersion.NoStream;
            case BatchAppendRequest.Types.Options.ExpectedOneofCase.Any:
                response.Any = options.Any;
                return ExpectedVersion.Any;
            case BatchAppendRequest.Types.Options.ExpectedOneofCase.Exists:
                response.Exists = options.Exists;
                return ExpectedVersion.Exists;
            default:
                throw StreamErrors.NoExpectation();
        }
    }

    private static WrongExpectedVersion Wrong(ExpectedVersion expected, long current)
    {
        WrongExpectedVersion wrong = new();
        if (current >= 0) wrong.CurrentRevision = (ulong)current;
        else wrong.CurrentNoStream = new Empty();
        switch (expected.Value)
        {
            case -1:
                wrong.ExpectedNoStream = new Empty();
                break;
            case -4:
                wrong.ExpectedExists = new Empty();
                break;
            default:
                wrong.ExpectedRevision = (ulong)expected.Value;
                break;
        }

        return wrong;
    }

    private static BatchAppendResponse Fail(BatchAppendResponse response, int code, string message, IMessage details)
    {
        response.Error = new BatchAppendResponse.Types.Status { Code = code, Message = message, Details = Any.Pack(details) };
        return response;
    }

    /// <summary>An append in the course of arriving.</summary>
    private sealed class Batch(BatchAppendRequest.Types.Options options)
    {
        public BatchAppendRequest.Types.Options Options => options;

        public string Stream { get; } = AppendAssembly.NameOf(options.Stream);

        public AppendAssembly Append { get; } = new();

        /// <summary>What an event lacks, if one lacks something: it fails this append, not the call.</summary>
        public string? Malformed { get; private set; }

        public void Take(BatchAppendRequest request)
        {
            try
            {
                foreach (ProposedMessage message in request.Messages) Append.Add(message);
            }
            catch (RpcException e)
            {
                Malformed ??= e.Status.Detail;
            }
        }
    }
}
