namespace Ledger.Host.Adapters.Chat;

/// <summary>The bytes of a connection as lines. One reads, one sends.</summary>
internal interface IChatLink
{
    /// <summary>The next line without its end; null when there are no more. Valid until the next call.</summary>
    /// <exception cref="ChatFaultException">What came is no line.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync();

    /// <summary>Sends a line with its line feed.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> line);

    /// <summary>Ends the connection in the way of its protocol, after everything that was sent.</summary>
    ValueTask EndAsync(ChatFault why);

    /// <summary>Ends the connection at once.</summary>
    void Abort();
}

/// <summary>A connection: reads lines for its session, and sends it the lines of others from a bounded queue.</summary>
/// <remarks>
/// Lines are shared by all who get them, and nothing is made per line and connection: the queue is a ring, and the pump runs on a thread of the pool
/// only while something waits.
/// </remarks>
internal sealed class ChatConnection(ChatHub hub, IChatLink link) : IChatPeer, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly SendQueue _queue = new();
    private bool _isPumping;
    private bool _isOver;
    private ChatFault? _why;
    private long _endingSince;
    private long _sendingSince; // 0 while nothing is being sent

    /// <summary>Serves a connection that was let in, until it is over.</summary>
    /// <param name="link">Its bytes.</param>
    /// <param name="hub">The chat.</param>
    /// <param name="token">Who it is, where that is known already.</param>
    public static async Task ServeAsync(ChatHub hub, IChatLink link, Security.AccountToken? token)
    {
        ChatConnection connection = new(hub, link);
        ChatSession session = hub.Open(connection);
        try
        {
            if (token is not null && session.Authenticate(token) is { } refused) connection.Close(refused);
            await connection.ReadAsync(session);
        }
        finally
        {
            hub.Close(session);
            connection.Over();
        }
    }

    /// <inheritdoc/>
    public void Send(byte[] line)
    {
        lock (_gate)
        {
            if (_why is not null || _isOver) return;
            if (!_queue.TryPut(line))
            {
                End(ChatFault.SlowReader);
                return;
            }

            if (_isPumping) return;
            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Close(ChatFault why)
    {
        lock (_gate)
        {
            if (_why is null && !_isOver) End(why);
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        bool isLate;
        lock (_gate)
        {
            long now = hub.Clock.GetTimestamp();
            isLate = _why is not null && hub.Clock.GetElapsedTime(_endingSince, now) >= ChatSettings.FarewellWithin;
            if (_why is null && _sendingSince != 0 && hub.Clock.GetElapsedTime(_sendingSince, now) >= ChatSettings.TakenWithin) End(ChatFault.SlowReader);
        }

        if (isLate) link.Abort();
    }

    /// <inheritdoc/>
    public void Execute() => _ = PumpAsync();

    /// <summary>Forgets what waits and says why it ends, as the last thing. Inside the gate.</summary>
    private void End(ChatFault why)
    {
        hub.Metrics.Ended(why.Code);
        (_why, _endingSince) = (why, hub.Clock.GetTimestamp());
        _queue.Clear();
        _queue.TryPut(ChatFrame.Error(why, ends: true));
        if (_isPumping) return;
        _isPumping = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task PumpAsync()
    {
        try
        {
            ChatFault? why;
            while (Next(out why) is { } line) await link.SendAsync(line);
            if (why is not null) await link.EndAsync(why);
        }
        catch (Exception)
        {
            link.Abort(); // the other end is gone: its reader ends too
        }
    }

    /// <summary>What is sent next; null when nothing waits, and then whether that was the farewell.</summary>
    private byte[]? Next(out ChatFault? why)
    {
        lock (_gate)
        {
            byte[]? line = _isOver ? null : _queue.Take();
            why = line is null && !_isOver ? _why : null;
            _sendingSince = line is null ? 0 : Math.Max(1, hub.Clock.GetTimestamp());
            _isPumping = line is not null;
            return line;
        }
    }

    private async Task ReadAsync(ChatSession session)
    {
        try
        {
            while (await link.ReadAsync() is { } line)
            {
                lock (_gate)
                {
                    if (_why is not null) continue; // it was told that it ends: nothing that it says counts
                }

                session.Handle(line.Span);
            }
        }
        catch (ChatFaultException e)
        {
            // What comes next cannot be understood. It stays open until the reason was taken, or for as long as a farewell may take.
            Close(e.Fault);
            await Task.Delay(ChatSettings.FarewellWithin);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or System.Net.WebSockets.WebSocketException or System.Net.Sockets.SocketException)
        {
            // The other end is gone.
        }
        catch (Exception e)
        {
            hub.Failed(session, e);
            await Task.Delay(ChatSettings.FarewellWithin);
        }
    }

    private void Over()
    {
        lock (_gate)
        {
            _isOver = true;
            _queue.Clear();
        }

        link.Abort();
    }
}
