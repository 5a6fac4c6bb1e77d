using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>nginx-rtmp's words: callbacks as form posts, counters as XML.</summary>
internal static class NginxRtmp
{
    private static readonly XmlReaderSettings Reading = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = true, MaxCharactersInDocument = 64 << 20 };

    /// <summary>Reads a callback.</summary>
    /// <remarks>The module puts the client's own arguments behind its fields: a field that is there twice was forged by the client.</remarks>
    /// <exception cref="MediaCallbackException">It is none.</exception>
    public static MediaCallback Callback(ReadOnlySpan<byte> form)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string pair in Encoding.UTF8.GetString(form).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string name = Uri.UnescapeDataString(parts[0]);
            if (!fields.TryAdd(name, parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "")) throw new MediaCallbackException($"the field '{name}' is there twice");
        }

        MediaCall call = Field("call") switch
        {
            "publish" => MediaCall.Publish,
            "update_publish" => MediaCall.PublishUpdate,
            "publish_done" => MediaCall.PublishDone,
            "play" => MediaCall.Play,
            "update_play" => MediaCall.PlayUpdate,
            "play_done" => MediaCall.PlayDone,
            "record_done" => MediaCall.Recorded,
            "connect" or "done" or "disconnect" => MediaCall.Other,
            var other => throw new MediaCallbackException($"the call '{other}' is unknown"),
        };
        if (call == MediaCall.Other) return new MediaCallback(call, fields.GetValueOrDefault("app", ""), "", fields.GetValueOrDefault("clientid", ""));
        return new MediaCallback(call, Field("app"), Field("name"), Field("clientid"), fields.GetValueOrDefault("key"), fields.GetValueOrDefault("ticket"), call == MediaCall.Recorded ? Field("path") : null);

        string Field(string name) => fields.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw new MediaCallbackException($"the field '{name}' is missing");
    }

    /// <summary>Reads the counters of one application.</summary>
    /// <remarks>The module counts no frames; its publisher's time stamp is that of the last frame, so it moves with each.</remarks>
    /// <exception cref="XmlException">It is no such page.</exception>
    public static MediaSample Stat(ReadOnlyMemory<byte> xml, string application)
    {
        using XmlReader reader = XmlReader.Create(MemoryMarshal.TryGetArray(xml, out ArraySegment<byte> page) ? new MemoryStream(page.Array!, page.Offset, page.Count, writable: false) : new MemoryStream(xml.ToArray(), writable: false), Reading);
        string pid = "";
        List<StreamSample> streams = [];
        reader.MoveToContent();
        if (reader.Name != "rtmp") throw new XmlException($"the page's root is '{reader.Name}', not 'rtmp'");
        reader.ReadStartElement();
        while (reader.NodeType == XmlNodeType.Element)
        {
            if (reader.Name == "pid") pid = reader.ReadElementContentAsString();
            else if (reader.Name == "server") Inside(reader, () => Application(reader, application, streams));
            else reader.Skip();
        }

        return new MediaSample(pid, streams);
    }

    private static bool Application(XmlReader reader, string application, List<StreamSample> streams)
    {
        if (reader.Name != "application") return false;
        string name = "";
        Inside(reader, () =>
        {
            if (reader.Name == "name") name = reader.ReadElementContentAsString();
            else if (reader.Name == "live" && name == application) Inside(reader, () => Stream(reader, streams));
            else return false;
            return true;
        });
        return true;
    }

    private static bool Stream(XmlReader reader, List<StreamSample> streams)
    {
        if (reader.Name != "stream") return false;
        (string name, string? publisher, long bytes, long frames) = ("", null, 0, 0);
        List<ViewerSample> viewers = [];
        Inside(reader, () =>
        {
            switch (reader.Name)
            {
                case "name": name = reader.ReadElementContentAsString(); break;
                case "bytes_in": bytes = Number(reader); break;
                case "client":
                    (string client, long timestamp, bool isPublisher) = Client(reader);
                    if (isPublisher) (publisher, frames) = (client, timestamp);
                    else viewers.Add(new ViewerSample(client, timestamp));
                    break;
                default: return false;
            }

            return true;
        });
        streams.Add(new StreamSample(name, publisher, bytes, frames, viewers));
        return true;
    }

    private static (string Id, long Timestamp, bool IsPublisher) Client(XmlReader reader)
    {
        (string id, long timestamp, bool publishes) = ("", 0, false);
        Inside(reader, () =>
        {
            switch (reader.Name)
            {
                case "id": id = reader.ReadElementContentAsString(); break;
                case "timestamp": timestamp = Number(reader); break;
                case "publishing":
                    publishes = true;
                    return false;
                default: return false;
            }

            return true;
        });
        return (id, timestamp, publishes);
    }

    /// <summary>Visits an element's children; one that is not taken is skipped.</summary>
    private static void Inside(XmlReader reader, Func<bool> take)
    {
        bool isEmpty = reader.IsEmptyElement;
        reader.ReadStartElement();
        if (isEmpty) return;
        while (reader.NodeType == XmlNodeType.Element)
        {
            if (!take()) reader.Skip();
        }

        reader.ReadEndElement();
    }

    private static long Number(XmlReader reader) => long.TryParse(reader.ReadElementContentAsString(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new XmlException("a counter is no whole number");
}
