using System.Buffers;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Adapters.Files;

/// <summary>Writes the log as NDJSON, every event with its place in the log (specs/events.md).</summary>
public static class EventExport
{
    private const int FlushBytes = 1 << 18;

    /// <summary>Writes the events in [<paramref name="from"/>, <paramref name="to"/>), in log order.</summary>
    /// <returns>How many were written.</returns>
    public static async Task<long> WriteAsync(IEventLog log, long from, long to, Stream output, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);
        using JsonEventWriter writer = new(buffer);
        long written = 0;
        await foreach (RecordedEvent e in log.ReadAllAsync(from, ReadDirection.Forwards, cancel))
        {
            if (e.Position >= to) break;
            writer.Write(e);
            written++;
            if (buffer.WrittenCount < FlushBytes) continue;
            await output.WriteAsync(buffer.WrittenMemory, cancel);
            buffer.ResetWrittenCount();
            progress?.Report(written);
        }

        await output.WriteAsync(buffer.WrittenMemory, cancel);
        await output.FlushAsync(cancel);
        return written;
    }
}
