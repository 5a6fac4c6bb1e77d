using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>Everything from a position on and then what comes, as server-sent events: the id is the position, the event is the kind, the data is the event's line.</summary>
/// <remarks>
/// No gap and no repeat: it is one subscription of the log, and a client that comes back with its last id goes on behind it.
/// A slow reader holds its own subscription back and nothing else. A comment every quarter of a minute shows that the line is alive.
/// </remarks>
internal sealed class EventTail(IEventLog log, long from, TimeProvider clock, CancellationToken stopping) : IResult
{
    public const string ContentType = "text/event-stream";

    private const int FlushBytes = 1 << 16;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.Headers.CacheControl = "no-store";
        try
        {
            await FollowAsync(httpContext.Response.BodyWriter, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader left, or the server stops: the reader comes back with its last id.
        }
    }

    private async Task FollowAsync(PipeWriter output, CancellationToken cancel)
    {
        using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using IAsyncEnumerator<RecordedEvent> events = log.SubscribeAsync(from, reading.Token).GetAsyncEnumerator(CancellationToken.None);
        ArrayBufferWriter<byte> line = new(512);
        using JsonEventWriter json = new(line);
        Task<bool> next = Task.FromResult(true);
        try
        {
            for (bool isOpen = !(await output.FlushAsync(cancel)).IsCompleted; isOpen;)
            {
                next = events.MoveNextAsync().AsTask();
                if (!next.IsCompleted) isOpen = await IdleAsync(output, next, cancel);
                if (!isOpen || !await next) return;
                Write(output, events.Current, json, line);
                if (output.UnflushedBytes > FlushBytes) isOpen = !(await output.FlushAsync(cancel)).IsCompleted;
            }
        }
        finally
        {
            // Whoever left, the subscription must have stopped before it is put away.
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what is written, and a comment now and then, until there is an event.</summary>
    /// <returns>Whether the reader is still there.</returns>
    private async Task<bool> IdleAsync(PipeWriter output, Task next, CancellationToken cancel)
    {
        while (!next.IsCompleted)
        {
            if ((await output.FlushAsync(cancel)).IsCompleted) return false;
            using CancellationTokenSource heard = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            bool silent = await Task.WhenAny(next, Task.Delay(Silence, clock, heard.Token)) != next;
            await heard.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            if (silent) output.Write(":\n\n"u8);
        }

        return true;
    }

    private static void Write(PipeWriter output, RecordedEvent e, JsonEventWriter json, ArrayBufferWriter<byte> line)
    {
        line.ResetWrittenCount();
        json.Write(e);
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {e.Position}\nevent: {EventCatalogue.Name(e.Payload.Kind)}\ndata: ")));
        output.Write(line.WrittenSpan);
        output.Write("\n"u8);
    }
}
