using System.Globalization;
using System.Text.Json;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>SRS's words: callbacks and counters as JSON.</summary>
internal static class Srs
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a callback.</summary>
    /// <exception cref="MediaCallbackException">It is none.</exception>
    public static MediaCallback Callback(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            JsonElement body = document.RootElement;
            MediaCall call = Text(body, "action") switch
            {
                "on_publish" => MediaCall.Publish,
                "on_unpublish" => MediaCall.PublishDone,
                "on_play" => MediaCall.Play,
                "on_stop" => MediaCall.PlayDone,
                "on_dvr" => MediaCall.Recorded,
                "on_hls" or "on_connect" or "on_close" => MediaCall.Other,
                var other => throw new MediaCallbackException($"the action '{other}' is unknown"),
            };
            if (call == MediaCall.Other) return new MediaCallback(call, "", "", "");
            Dictionary<string, string> arguments = Arguments(body.TryGetProperty("param", out JsonElement param) ? param.GetString() ?? "" : "");
            string? path = call == MediaCall.Recorded ? Path.Combine(Text(body, "cwd"), Text(body, "file")) : null;
            return new MediaCallback(call, Text(body, "app"), Text(body, "stream"), Id(body.GetProperty("client_id")), arguments.GetValueOrDefault("key"), arguments.GetValueOrDefault("ticket"), path);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new MediaCallbackException($"it is no JSON callback of SRS ({e.Message})");
        }
    }

    /// <summary>Reads the counters of one application from the answers of <c>/api/v1/streams</c> and <c>/api/v1/clients</c>, joined as <see cref="MediaServerClient"/> does.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    public static MediaSample Stat(ReadOnlyMemory<byte> json, string application)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            JsonElement streams = document.RootElement.GetProperty("streams");
            ILookup<string, ViewerSample> viewers = document.RootElement.GetProperty("clients").GetProperty("clients").EnumerateArray()
                .Where(c => !c.GetProperty("publish").GetBoolean())
                .ToLookup(c => Id(c.GetProperty("stream")), c => new ViewerSample(Id(c.GetProperty("id")), c.GetProperty("send_bytes").GetInt64()), StringComparer.Ordinal);
            return new MediaSample(
                $"{Id(streams.GetProperty("server"))}/{(streams.TryGetProperty("service", out JsonElement service) ? Id(service) : "")}/{(streams.TryGetProperty("pid", out JsonElement pid) ? Id(pid) : "")}",
                [.. streams.GetProperty("streams").EnumerateArray().Where(s => Text(s, "app") == application).Select(s => Stream(s, viewers))]);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"these are no counters of SRS ({e.Message})", e);
        }
    }

    private static StreamSample Stream(JsonElement s, ILookup<string, ViewerSample> viewers)
    {
        JsonElement publish = s.GetProperty("publish");
        return new StreamSample(
            Text(s, "name"), publish.GetProperty("active").GetBoolean() ? Id(publish.GetProperty("cid")) : null,
            s.GetProperty("recv_bytes").GetInt64(), s.GetProperty("frames").GetInt64(), [.. viewers[Id(s.GetProperty("id"))]]);
    }

    /// <summary>Ids are texts or, from older servers, numbers.</summary>
    private static string Id(JsonElement e) => e.ValueKind == JsonValueKind.Number ? e.GetInt64().ToString(CultureInfo.InvariantCulture) : e.GetString() ?? "";

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new KeyNotFoundException($"'{name}' is empty");

    private static Dictionary<string, string> Arguments(string query)
    {
        Dictionary<string, string> arguments = new(StringComparer.Ordinal);
        foreach (string pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (!arguments.TryAdd(parts[0], parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "")) throw new MediaCallbackException($"the argument '{parts[0]}' is there twice");
        }

        return arguments;
    }
}
