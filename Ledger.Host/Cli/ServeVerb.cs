using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Host.Adapters;
using Ledger.Host.Api;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Ledger.Host.Cli;

/// <summary>Serves the ledger over HTTP until it is asked to stop.</summary>
internal static class ServeVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<string> http = new("--http") { Description = "Where HTTP is served", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => ServeOptions.HttpDefault.ToString() };
        Option<string> grpc = new("--grpc") { Description = "Where HTTP/2 alone is served, for gRPC", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => ServeOptions.GrpcDefault.ToString() };
        Option<string?> certificate = new("--tls-certificate") { Description = "PEM file with the certificate and its chain; an address that is not loopback needs one", HelpName = "FILE" };
        Option<string?> key = new("--tls-key") { Description = "PEM file with the certificate's private key", HelpName = "FILE" };
        Option<string?> otlp = new("--otlp") { Description = "Where OpenTelemetry traces are sent, such as http://127.0.0.1:4317 [default: nowhere]", HelpName = "URL" };
        Option<string?> adapters = new("--adapters") { Description = "JSON file that says which adapters run, and how (specs/adapters.md) [default: none]", HelpName = "FILE" };
        Option<int> grace = new("--close-after") { Description = "Minutes after the end of a day (UTC) until its window is closed, for events that come late", HelpName = "MINUTES", DefaultValueFactory = _ => 60 };
        Option<bool> noClose = new("--no-close") { Description = "Leave closing to 'weledger close'" };
        Option<bool> cluster = new("--cluster") { Description = "Leave the folding of sealed windows to the 'weledger node' processes that follow this log; they need not be there yet" };
        return shell.Verb(
            "serve",
            "Serves the ledger over HTTP: events in, questions answered. Only to this machine unless told otherwise; every request but health and documentation needs a key.",
            "weledger serve",
            [http, grpc, certificate, key, otlp, adapters, grace, noClose, cluster],
            (run, cancel) => RunAsync(run, new ServeOptions(AddressOf(run.Get(http)!), AddressOf(run.Get(grpc)!), CertificateOf(run, run.Get(certificate), run.Get(key)), OtlpOf(run.Get(otlp)), GraceOf(run.Get(grace), run.Get(noClose)), run.Get(adapters) is { } file ? AdaptersFile.Read(run.Io.PathOf(file)) : null), run.Get(cluster), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, ServeOptions options, bool withCluster, CancellationToken cancel)
    {
        if (options.Exposed is { } exposed)
            throw new CliException(ExitCode.Usage, "tls-required", $"{exposed} is reachable over a network and keys would go over it in the clear", "give --tls-certificate and --tls-key, or listen on 127.0.0.1");
        ProgressLine progress = run.Progress();
        await using LedgerSession session = withCluster
            ? await LedgerSession.ServeWithClusterAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel)
            : await LedgerSession.ServeAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        using ApiStores stores = ApiStores.Open(run.DataDirectory, run.Io.Clock);
        await using ApiServer server = await StartAsync(session, stores, options, run, cancel);
        progress.Dispose();
        if (stores.Keys.Keys().All(k => k.RevokedAt is not null)) run.Note("there is no live key yet, so nobody can do anything: make one with 'weledger keys add NAME --scope SCOPE'");
        run.Answer(
            () => new { http = server.Addresses[0], grpc = server.Addresses[1], data = run.DataDirectory },
            page => page.Facts(("http", server.Addresses[0].ToString()), ("grpc", server.Addresses[1].ToString()), ("documentation", new Uri(server.Addresses[0], "/docs").ToString()), ("data", run.DataDirectory)));

        Task stop = Task.Delay(Timeout.Infinite, cancel);
        if (await Task.WhenAny(stop, session.Health.Failed) != stop) throw new LogFaultException(session.Health.Fault!.Code, session.Health.Fault.Message, session.Health.Fault);
        return ExitCode.Ok;
    }

    private static async Task<ApiServer> StartAsync(LedgerSession session, ApiStores stores, ServeOptions options, VerbRun run, CancellationToken cancel)
    {
        try
        {
            return await ApiServer.StartAsync(session, stores, options, run.Io.Clock, Logs, cancel);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CliException(ExitCode.Usage, "address-in-use", e.Message.TrimEnd('.'), "end what listens there, or choose another address with --http and --grpc");
        }
    }

    /// <summary>One JSON object a line, on standard error.</summary>
    private static void Logs(ILoggingBuilder logs)
    {
        logs.SetMinimumLevel(LogLevel.Warning).AddFilter("Ledger", LogLevel.Information);
        logs.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        logs.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static TimeSpan? GraceOf(int minutes, bool never) => never ? null
        : minutes is >= 0 and <= 10_080 ? TimeSpan.FromMinutes(minutes)
        : throw new CliException(ExitCode.Usage, "out-of-range", "--close-after is out of its range", "give 0 to 10,080 minutes");

    private static Uri? OtlpOf(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url
        : throw new CliException(ExitCode.Usage, "url-malformed", $"'{text}' is no address of an OTLP receiver", "write it as http://127.0.0.1:4317");

    private static IPEndPoint AddressOf(string text) => IPEndPoint.TryParse(text, out IPEndPoint? address) && text.Contains(':', StringComparison.Ordinal)
        ? address
        : throw new CliException(ExitCode.Usage, "address-malformed", $"'{text}' is no address", "write it as 127.0.0.1:5080 or [::1]:5080; port 0 takes any free one");

    private static X509Certificate2? CertificateOf(VerbRun run, string? certificate, string? key)
    {
        if (certificate is null && key is null) return null;
        if (certificate is null || key is null) throw new CliException(ExitCode.Usage, "usage", "--tls-certificate and --tls-key go together", "give both");
        try
        {
            return X509Certificate2.CreateFromPemFile(run.Io.PathOf(certificate), run.Io.PathOf(key));
        }
        catch (CryptographicException e)
        {
            throw new CliException(ExitCode.Usage, "certificate-invalid", e.Message.TrimEnd('.'), "give a PEM certificate and its unencrypted PEM key");
        }
    }
}
