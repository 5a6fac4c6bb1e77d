using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Tests.Api;

/// <summary>An OpenTelemetry collector for traces by OTLP over gRPC, as far as an exporter can see it; keeps what it is sent.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const string Export = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const int FrameBytes = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _requests = [];

    private OtlpCollector(WebApplication app) => _app = app;

    /// <summary>The status that exports are answered with: 0 is thanks, 14 is "unavailable".</summary>
    public int GrpcStatus { get; set; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Everything that came, as it came.</summary>
    public IEnumerable<byte[]> Requests => _requests;

    /// <summary>The spans of everything that came.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _requests.SelectMany(request => OtlpSpan.Of(request.AsSpan(FrameBytes)))];

    public static async Task<OtlpCollector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        OtlpCollector collector = new(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        if (context.Request.Path != Export)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        _requests.Enqueue(body.ToArray());
        context.Response.ContentType = "application/grpc";
        if (GrpcStatus == 0) await context.Response.Body.WriteAsync(new byte[FrameBytes]); // an empty message
        context.Response.AppendTrailer("grpc-status", $"{GrpcStatus}");
    }
}

/// <summary>A span of an <c>ExportTraceServiceRequest</c> (opentelemetry-proto, trace.proto); ids in hex, attribute values as text.</summary>
internal sealed record OtlpSpan(string Name, string TraceId, string SpanId, string ParentId, ulong Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource)
{
    /// <summary>SPAN_KIND_SERVER.</summary>
    public const ulong Server = 2;

    /// <summary>SPAN_KIND_INTERNAL.</summary>
    public const ulong Internal = 1;

    public static IEnumerable<OtlpSpan> Of(ReadOnlySpan<byte> request)
    {
        List<OtlpSpan> spans = [];
        foreach (Field group in Fields(ByteString.CopyFrom(request)).Where(f => f.Number == 1))
        {
            List<Field> fields = Fields(group.Bytes);
            Dictionary<string, string> resource = AttributesOf(Fields(fields.Single(f => f.Number == 1).Bytes), 1);
            IEnumerable<Field> found = fields.Where(f => f.Number == 2).SelectMany(scope => Fields(scope.Bytes)).Where(f => f.Number == 2);
            spans.AddRange(found.Select(span => One(Fields(span.Bytes), resource)));
        }

        return spans;
    }

    private static OtlpSpan One(List<Field> span, Dictionary<string, string> resource) => new(
        Last(span, 5).ToStringUtf8(), Hex(span, 1), Hex(span, 2), Hex(span, 4), span.LastOrDefault(f => f.Number == 6).Value, AttributesOf(span, 9), resource);

    private static Dictionary<string, string> AttributesOf(List<Field> fields, int number) => fields.Where(f => f.Number == number).Select(f => Fields(f.Bytes))
        .ToDictionary(pair => Last(pair, 1).ToStringUtf8(), pair => Text(Fields(Last(pair, 2))), StringComparer.Ordinal);

    private static string Text(List<Field> value) => value.Count == 0 ? "" : value[^1].Number == 1 ? value[^1].Bytes.ToStringUtf8() : $"{value[^1].Value}";

    private static string Hex(List<Field> fields, int number) => Convert.ToHexStringLower(Last(fields, number).Span);

    private static ByteString Last(List<Field> fields, int number) => fields.LastOrDefault(f => f.Number == number).Bytes ?? ByteString.Empty;

    private static List<Field> Fields(ByteString message)
    {
        List<Field> fields = [];
        CodedInputStream input = message.CreateCodedInput();
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => new Field(WireFormat.GetTagFieldNumber(tag), input.ReadBytes(), 0),
                WireFormat.WireType.Fixed64 => new Field(WireFormat.GetTagFieldNumber(tag), ByteString.Empty, input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => new Field(WireFormat.GetTagFieldNumber(tag), ByteString.Empty, input.ReadFixed32()),
                _ => new Field(WireFormat.GetTagFieldNumber(tag), ByteString.Empty, input.ReadUInt64()),
            });
        }

        return fields;
    }

    private readonly record struct Field(int Number, ByteString Bytes, ulong Value);
}
