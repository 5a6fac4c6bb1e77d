using System.Text;
using System.Text.Json;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>What a media server said, as it came.</summary>
/// <param name="At">When, by the ledger's clock, in Unix milliseconds.</param>
/// <param name="Server">Which server.</param>
/// <param name="IsCallback">A callback; else a look at the counters.</param>
/// <param name="Body">Its bytes, which are text.</param>
internal sealed record RawMessage(long At, string Server, bool IsCallback, string Body);

/// <summary>Raw callbacks and looks in a file, a JSON object a line: written while they come, and read for replay.</summary>
internal sealed class RawFeed : IDisposable
{
    private readonly FileStream _file;

    private RawFeed(FileStream file) => _file = file;

    /// <summary>Goes on at the end of a file. It holds stream keys: only its owner may read it.</summary>
    public static RawFeed Append(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new RawFeed(new FileStream(path, options));
    }

    /// <summary>The messages of a file, in order.</summary>
    /// <exception cref="FormatException"><c>capture-malformed</c>.</exception>
    public static IEnumerable<RawMessage> Read(string path)
    {
        int line = 0;
        foreach (string text in File.ReadLines(path))
        {
            line++;
            RawMessage? message;
            try
            {
                message = JsonSerializer.Deserialize<RawMessage>(text, Api.Bodies.StrictJson.Options);
            }
            catch (JsonException e)
            {
                throw new FormatException($"capture-malformed: line {line} is no captured message ({e.Message})", e);
            }

            yield return message!;
        }
    }

    /// <summary>Plays messages to an adapter, each at its own time.</summary>
    /// <param name="messages">In order.</param>
    /// <param name="engine">Whom they are for.</param>
    /// <param name="setClock">Puts the adapter's clock where the message came.</param>
    /// <param name="after">Told of each message when it was taken.</param>
    public static async Task ReplayAsync(IEnumerable<RawMessage> messages, LivestreamEngine engine, Action<UnixMs> setClock, Func<RawMessage, Task>? after = null)
    {
        foreach (RawMessage message in messages)
        {
            setClock(UnixMs.From(message.At));
            byte[] body = Encoding.UTF8.GetBytes(message.Body);
            if (message.IsCallback) await engine.CallbackAsync(engine.Server(message.Server)!, body);
            else await engine.SampleAsync(engine.Server(message.Server)!, body, UnixMs.From(message.At));
            if (after is not null) await after(message);
        }
    }

    /// <summary>Writes a message.</summary>
    public void Write(RawMessage message)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(message, Api.Bodies.StrictJson.Options);
        _file.Write([.. line, (byte)'\n']);
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
