using System.Globalization;
using System.Text;
using Ledger.Core.Time;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>A media server that speaks as nginx-rtmp does, and knows what really flowed: it can be killed, and its broadcasters' clocks can lie.</summary>
internal sealed class MediaDouble(string application = "live")
{
    private readonly List<Connection> _connections = [];
    private int _clients;

    /// <summary>The process; the same number may come again after a restart.</summary>
    public int Pid { get; set; } = 100;

    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>Somebody connects and publishes, and is let in.</summary>
    public Connection Connect(string space, string key)
    {
        Connection connection = new(space, key, (++_clients).ToString(CultureInfo.InvariantCulture));
        _connections.Add(connection);
        return connection;
    }

    public Connection Watch(string space, string? ticket)
    {
        Connection connection = new(space, ticket is null ? "" : ticket, (++_clients).ToString(CultureInfo.InvariantCulture)) { IsViewer = true };
        _connections.Add(connection);
        return connection;
    }

    public void Disconnect(Connection connection) => _connections.Remove(connection);

    /// <summary>The process dies and comes back: connections, counters and numbers are gone.</summary>
    public void Restart(int pid)
    {
        (Pid, _clients) = (pid, 0);
        _connections.Clear();
    }

    /// <summary>Media flows for a while on every connection that sends.</summary>
    public void Flow(UnixMs from, long ms)
    {
        foreach (Connection c in _connections.Where(c => c.Sends))
        {
            c.Bytes += ms * 12;
            c.Timestamp = unchecked((uint)(c.Timestamp + ms));
            if (c.IsViewer) continue;
            for (long minute = from.Value / 60_000; minute <= (from.Value + ms - 1) / 60_000; minute++) c.FlowedIn.Add(minute);
        }
    }

    /// <summary>A callback as a form post.</summary>
    public byte[] Callback(string call, Connection c, string extra = "") => Encoding.UTF8.GetBytes(
        $"app={application}&flashver=FMLE/3.0%20(compatible%3B%20x&swfurl=&tcurl=rtmp://127.0.0.1/{application}&pageurl=&addr=127.0.0.1&clientid={c.Client}&call={call}&name={c.Space}{(call == "publish" ? "&type=live" : "")}{extra}{(c.Secret.Length == 0 ? "" : c.IsViewer ? $"&ticket={c.Secret}" : $"&key={c.Secret}")}");

    /// <summary>The counters as XML.</summary>
    public byte[] Stat()
    {
        StringBuilder xml = new();
        xml.Append(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<rtmp>\n<nginx_version>1.22.1</nginx_version><pid>{Pid}</pid><uptime>{_clients}</uptime><bytes_in>1</bytes_in><server><application><name>other</name><live><stream><name>x</name></stream></live></application><application><name>{application}</name><live>");
        foreach (IGrouping<string, Connection> stream in _connections.GroupBy(c => c.Space, StringComparer.Ordinal))
        {
            xml.Append(CultureInfo.InvariantCulture, $"<stream><name>{stream.Key}</name><time>5</time><bw_in>0</bw_in><bytes_in>{stream.Where(c => !c.IsViewer).Sum(c => c.Bytes)}</bytes_in>");
            foreach (Connection c in stream)
                xml.Append(CultureInfo.InvariantCulture, $"<client><id>{c.Client}</id><address>127.0.0.1</address><time>5</time><dropped>0</dropped><timestamp>{c.Timestamp}</timestamp>{(c.IsViewer ? "" : "<publishing/>")}<active/></client>");
            xml.Append("<meta><video><width>160</width></video></meta><nclients>1</nclients></stream>");
        }

        return Encoding.UTF8.GetBytes(xml.Append("<nclients>1</nclients></live></application></server></rtmp>").ToString());
    }

    internal sealed class Connection(string space, string secret, string client)
    {
        public string Space => space;

        public string Secret => secret;

        public string Client => client;

        public bool IsViewer { get; init; }

        public bool Sends { get; set; } = true;

        public long Bytes { get; set; }

        /// <summary>The broadcaster's own clock: anything.</summary>
        public uint Timestamp { get; set; }

        /// <summary>The minutes in which it really sent media.</summary>
        public HashSet<long> FlowedIn { get; } = [];
    }
}
