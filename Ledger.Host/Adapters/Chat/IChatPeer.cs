namespace Ledger.Host.Adapters.Chat;

/// <summary>The other end of a session, whatever it is connected by. Any thread; nothing here waits.</summary>
internal interface IChatPeer
{
    /// <summary>Sends a line in the order of the calls. Who does not read is ended with <c>slow-reader</c>.</summary>
    void Send(byte[] line);

    /// <summary>Ends the connection and says why, if the other end still reads.</summary>
    void Close(ChatFault why);

    /// <summary>Ends the connection when what was sent was not taken in time. Called every second.</summary>
    void Check();
}
