using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>One caller's append on its way through the writer.</summary>
internal sealed class AppendRequest(PreparedAppend prepared, StreamName? stream, ExpectedRevision expected)
{
    private readonly TaskCompletionSource<StreamAppendResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StreamAppendResult? _decided;

    public PreparedAppend Prepared => prepared;

    /// <summary>The stream that the expectation is about, if there is one.</summary>
    public StreamName? Stream => stream;

    public ExpectedRevision Expected => expected;

    public Task<StreamAppendResult> Answer => _answer.Task;

    /// <summary>Keeps the answer until what it says is durable.</summary>
    public void Decide(StreamAppendResult result) => _decided = result;

    public void Acknowledge() => _answer.TrySetResult(_decided!);

    public void Fail(Exception fault) => _answer.TrySetException(fault);
}
