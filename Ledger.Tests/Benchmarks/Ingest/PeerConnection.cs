using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ledger.Benchmarks.Ingest;

/// <summary>A connection to a peer that talks in lines: whole batches out, pipelined, and their answers back.</summary>
internal sealed class PeerConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly PipeReader _answers;

    private PeerConnection(TcpClient client) => (_client, _answers) = (client, PipeReader.Create(client.GetStream()));

    public static async Task<PeerConnection> OpenAsync(int port)
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new PeerConnection(client);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _client.GetStream().WriteAsync(bytes);

    public ValueTask SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Reads until so many lines began with <paramref name="wanted"/>.</summary>
    /// <exception cref="InvalidOperationException">A line told of an error, or the peer closed the connection.</exception>
    public async Task ReadAsync(int lines, string wanted)
    {
        byte[] prefix = Encoding.ASCII.GetBytes(wanted);
        while (lines > 0)
        {
            ReadResult read = await _answers.ReadAsync();
            ReadOnlySequence<byte> rest = read.Buffer;
            while (lines > 0 && rest.PositionOf((byte)'\n') is { } end)
            {
                if (IsWanted(rest.Slice(0, end), prefix)) lines--;
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            _answers.AdvanceTo(rest.Start, rest.End);
            if (lines > 0 && read.IsCompleted) throw new InvalidOperationException("the peer closed the connection");
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool IsWanted(ReadOnlySequence<byte> line, ReadOnlySpan<byte> prefix)
    {
        ReadOnlySpan<byte> text = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (text.StartsWith("-"u8) || text.IndexOf("\"error\""u8) >= 0) throw new InvalidOperationException(Encoding.UTF8.GetString(text));
        return text.StartsWith(prefix);
    }
}
