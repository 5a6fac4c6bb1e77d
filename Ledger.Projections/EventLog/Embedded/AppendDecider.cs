using System.Threading.Channels;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Decides appends in order of arrival and puts what is new into drafts. Its state runs ahead of the disk: when a commit fails the log stops, so nothing is undone.</summary>
/// <param name="ids">Loaded on the first append: folding and closing a large log must not wait for it.</param>
/// <param name="streams">Revisions, counted ahead.</param>
/// <param name="free">Drafts to be filled.</param>
/// <param name="drafted">Where filled drafts go.</param>
/// <param name="head">The log's head.</param>
internal sealed class AppendDecider(Lazy<IdIndex> ids, StreamIndex streams, ChannelReader<BlockDraft> free, ChannelWriter<DraftedBlock> drafted, long head)
{
    private BlockDraft? _draft;
    private long _next = head;
    private long[] _standing = [];

    /// <summary>Decides one append; the answer waits in it until the group is durable.</summary>
    public async ValueTask DecideAsync(AppendRequest request)
    {
        PreparedAppend prepared = request.Prepared;
        int count = prepared.Events.Count;
        if (request.Stream is { } stream)
        {
            long last = streams.Last(stream.Value);
            if (!request.Expected.Holds(last) && !IsRepeated(prepared))
            {
                request.Decide(new StreamAppendResult(false, last, []));
                return;
            }
        }

        if (_standing.Length < count) _standing = new long[count];
        long first = _next;
        int added = ids.Value.Add(prepared.Columns.Ids.AsSpan(0, count * EventId.SizeBytes), _next, _standing.AsSpan(0, count));
        await PlaceAsync(prepared, added == count);
        request.Decide(new StreamAppendResult(
            true,
            request.Stream is { } changed ? streams.Last(changed.Value) : -1,
            added == count ? new NewOutcomes(first, count) : Outcomes(_standing.AsSpan(0, count))));
    }

    /// <summary>Ends a group: what was drafted for it goes on its way.</summary>
    public ValueTask EndAsync(AppendGroup group)
    {
        if (ids.IsValueCreated) group.FullIds = ids.Value.Freeze();
        BlockDraft? draft = _draft;
        _draft = null;
        draft?.End();
        return drafted.WriteAsync(new DraftedBlock(draft, group));
    }

    private static AppendOutcome[] Outcomes(ReadOnlySpan<long> standing)
    {
        AppendOutcome[] outcomes = new AppendOutcome[standing.Length];
        for (int i = 0; i < outcomes.Length; i++) outcomes[i] = standing[i] >= 0 ? new AppendOutcome(standing[i], false) : new AppendOutcome(~standing[i], true);
        return outcomes;
    }

    private bool IsRepeated(PreparedAppend prepared) => prepared.Events.Count > 0 && prepared.Events.All(e => ids.Value.Find(e.Id) >= 0);

    private async ValueTask PlaceAsync(PreparedAppend prepared, bool allNew)
    {
        int count = prepared.Events.Count;
        for (int from = 0; from < count;)
        {
            int to = from;
            while (to < count && (allNew || _standing[to] >= 0)) to = allNew ? count : to + 1;
            while (from < to)
            {
                if (_draft is null)
                {
                    _draft = await free.ReadAsync();
                    _draft.Begin(_next);
                }

                int end = _draft.Add(prepared, from, to);
                _next += end - from;
                from = end;
                if (!_draft.IsFull) continue;
                _draft.End();
                await drafted.WriteAsync(new DraftedBlock(_draft, null));
                _draft = null;
            }

            while (from < count && !allNew && _standing[from] < 0) from++;
        }
    }
}
