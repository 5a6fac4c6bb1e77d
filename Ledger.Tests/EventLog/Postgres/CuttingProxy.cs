using System.Net;
using System.Net.Sockets;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>Where a connection is cut.</summary>
public enum Cut
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>When COMMIT is seen; the server does not get it.</summary>
    BeforeCommit,

    /// <summary>The server gets half of the COMMIT message.</summary>
    InsideCommit,

    /// <summary>The server gets COMMIT; its answer meets a closed door.</summary>
    AfterCommit,

    /// <summary>The server gets COMMIT and answers; the answer is dropped.</summary>
    AfterAnswer,

    /// <summary>In the middle of a COPY.</summary>
    InsideCopy,
}

/// <summary>Stands between a client and PostgreSQL, and cuts or delays as told. What it did is counted, so that a test can show that its faults fired.</summary>
public sealed class CuttingProxy : IDisposable
{
    private const int CopyBytes = 100;

    private static readonly byte[] Commit = "COMMIT\0"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private int _next;
    private TaskCompletionSource? _dropping;

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What happens to the next COMMIT or copy; then nothing until it is set again.</summary>
    public Cut Next
    {
        get => (Cut)Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, (int)value);
    }

    /// <summary>Whether new connections are refused after a cut.</summary>
    public bool StaysAway { get; set; }

    /// <summary>How long a COMMIT waits on its way.</summary>
    public Func<TimeSpan> Delay { get; set; } = () => TimeSpan.Zero;

    /// <summary>Cuts made, by kind.</summary>
    public int[] Cuts { get; } = new int[Enum.GetValues<Cut>().Length];

    /// <summary>Commits delayed.</summary>
    public int Delayed { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (StaysAway && Cuts.Sum() > 0) client.Dispose();
                else _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient server = new();
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _server);
                TaskCompletionSource dropped = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Task back = BackAsync(server.GetStream(), client.GetStream(), dropped);
                await Task.WhenAny(ForthAsync(client.GetStream(), server.GetStream(), dropped), back);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side has gone: so does the other.
            }
        }
    }

    /// <returns>When the connection is to be cut.</returns>
    private async Task ForthAsync(NetworkStream client, NetworkStream server, TaskCompletionSource dropped)
    {
        byte[] buffer = new byte[1 << 16];
        while (await client.ReadAsync(buffer) is var size and > 0)
        {
            int commit = buffer.AsSpan(0, size).IndexOf(Commit);
            Cut cut = Next;
            bool here = cut == Cut.InsideCopy ? size > CopyBytes && buffer.AsSpan(0, size).IndexOf("PGCOPY\n"u8) >= 0 : cut != Cut.None && commit >= 0;
            if (here)
            {
                Next = Cut.None;
                Cuts[(int)cut]++;
                if (cut == Cut.AfterAnswer)
                {
                    Volatile.Write(ref _dropping, dropped);
                    await server.WriteAsync(buffer.AsMemory(0, size));
                    await dropped.Task;
                }
                else
                {
                    int passed = cut switch { Cut.BeforeCommit => Math.Max(0, commit - 5), Cut.InsideCommit => commit + 3, Cut.InsideCopy => CopyBytes, _ => size };
                    await server.WriteAsync(buffer.AsMemory(0, passed));
                }

                return;
            }

            if (commit >= 0 && Delay() is var delay && delay > TimeSpan.Zero)
            {
                Delayed++;
                await Task.Delay(delay);
            }

            await server.WriteAsync(buffer.AsMemory(0, size));
        }
    }

    private async Task BackAsync(NetworkStream server, NetworkStream client, TaskCompletionSource dropped)
    {
        byte[] buffer = new byte[1 << 16];
        while (await server.ReadAsync(buffer) is var size and > 0)
        {
            if (Volatile.Read(ref _dropping) == dropped)
            {
                dropped.TrySetResult();
                return;
            }

            await client.WriteAsync(buffer.AsMemory(0, size));
        }
    }
}
