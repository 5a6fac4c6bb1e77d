using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ledger.Host.Adapters.Chat;

/// <summary>The line protocol's own port.</summary>
internal sealed class ChatListener : IDisposable
{
    private const int Backlog = 1_024;

    /// <summary>What the system keeps of what a slow reader has not taken; the queue keeps the rest.</summary>
    private const int SendBufferBytes = 32 << 10;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly X509Certificate2? _certificate;
    private readonly ChatHub _hub;

    private ChatListener(ChatHub hub, Socket socket, X509Certificate2? certificate) => (_hub, _socket, _certificate) = (hub, socket, certificate);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="FormatException"><c>address-in-use</c>: the address cannot be listened on.</exception>
    public static ChatListener Bind(ChatHub hub, IPEndPoint address, X509Certificate2? certificate)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            return new ChatListener(hub, socket, certificate);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new FormatException($"address-in-use: the chat cannot listen on {address} ({e.Message}); end what listens there, or choose another address", e);
        }
    }

    /// <summary>Takes connections until it is asked to stop.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _socket.AcceptAsync(cancel);
                _ = ServeAsync(socket);
            }
            catch (SocketException)
            {
                await Task.Delay(RetryAfter, cancel); // out of file descriptors, or the other end was gone at once
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        if (_hub.Admit() is { } full)
        {
            await RefuseAsync(socket, full);
            return;
        }

        bool isServed = false;
        try
        {
            socket.NoDelay = true;
            socket.SendBufferSize = SendBufferBytes;
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_certificate is not null) stream = await SecureAsync(stream, _certificate);
            isServed = true;
            await ChatConnection.ServeAsync(_hub, new TcpLink(socket, stream), token: null);
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // No TLS, or the other end was gone before it began.
        }
        finally
        {
            if (!isServed) _hub.Close(null);
            socket.Dispose();
        }
    }

    private static async Task<Stream> SecureAsync(Stream stream, X509Certificate2 certificate)
    {
        using CancellationTokenSource within = new(ChatSettings.HelloWithin);
        SslStream secure = new(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, within.Token);
        return secure;
    }

    private static async Task RefuseAsync(Socket socket, ChatFault why)
    {
        using (socket)
        {
            try
            {
                using CancellationTokenSource within = new(ChatSettings.FarewellWithin);
                await socket.SendAsync(ChatFrame.Error(why, ends: true), within.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // It is gone.
            }
        }
    }
}
