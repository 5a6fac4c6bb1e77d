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
        await output.FlushAsync(cancel);
        ArrayBufferWriter<byte> line = new(512);
        using JsonEventWriter json = new(line);
        await using IAsyncEnumerator<RecordedEvent> events = log.SubscribeAsync(from, cancel).GetAsyncEnumerator(cancel);
        for (; ; )
        {
            Task<bool> next = events.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                await output.FlushAsync(cancel);
                using CancellationTokenSource heard = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                if (await Task.WhenAny(next, Task.Delay(Silence, clock, heard.Token)) != next) Write(output, ":\n\n"u8);
                await heard.CancelAsync();
            }

            if (!await next) return;
            line.ResetWrittenCount();
            json.Write(events.Current);
            Write(output, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {events.Current.Position}\nevent: {EventCatalogue.Name(events.Current.Payload.Kind)}\ndata: ")));
            Write(output, line.WrittenSpan);
            Write(output, "\n"u8);
            if (output.UnflushedBytes > FlushBytes) await output.FlushAsync(cancel);
        }
    }

    private static void Write(PipeWriter output, ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
