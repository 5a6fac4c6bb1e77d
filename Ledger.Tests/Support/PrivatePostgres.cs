using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Ledger.Tests.Support;

/// <summary>A PostgreSQL server for these tests alone, with fsync on: made in a temporary folder, ended with the test run.</summary>
/// <remarks>
/// PostgreSQL does not run as root, so root runs it as <c>postgres</c> or <c>nobody</c>. A watching shell ends the server even when the test run is killed.
/// </remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Watch = """
        "$1/postgres" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c fsync=on -c max_connections=200 -c max_wal_size=4GB -c shared_buffers=256MB -c logging_collector=off >>"$2/log" 2>&1 &
        server=$!
        while [ -d "/proc/$4" ] && [ ! -e "$2/stop" ] && kill -0 $server 2>/dev/null; do sleep 0.2; done
        kill -INT $server 2>/dev/null
        wait $server
        """;

    private static readonly Lazy<Task<PrivatePostgres>> Common = new(StartAsync);

    private readonly DirectoryInfo _folder;
    private readonly string[] _asUser;
    private readonly string _programs;
    private Process? _watcher;

    private PrivatePostgres(DirectoryInfo folder, string[] asUser, string programs, int port) => (_folder, _asUser, _programs, Port) = (folder, asUser, programs, port);

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The one of the whole test run.</summary>
    public static Task<PrivatePostgres> SharedAsync() => Common.Value;

    /// <summary>A server of one's own, for tests that kill it.</summary>
    public static async Task<PrivatePostgres> StartAsync()
    {
        string programs = Path.GetDirectoryName(MachineParts.Require("postgres"))!;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-pg-");
        string[] asUser = [];
        if (Environment.IsPrivilegedProcess)
        {
            string user = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            await RunAsync("chown", user, folder.FullName);
            asUser = ["runuser", "-u", user, "--"];
        }

        PrivatePostgres server = new(folder, asUser, programs, FreePort.Next());
        await RunAsync([.. asUser, Path.Combine(programs, "initdb"), "-D", Path.Combine(folder.FullName, "data"), "-U", "weledger", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        await server.RestartAsync();
        return server;
    }

    /// <summary>Where a log of its own lives.</summary>
    public string Address(string schema, int? port = null) => string.Create(CultureInfo.InvariantCulture, $"postgres://weledger@127.0.0.1:{port ?? Port}/postgres?schema={schema}");

    /// <summary>A connection for looking behind the log's back.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=weledger;Database=postgres;Pooling=false;Timeout=30"));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Runs statements behind the log's back.</summary>
    public async Task<object?> SqlAsync(string sql)
    {
        await using NpgsqlConnection connection = await ConnectAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends the server and everything of it at once, as a kill of the machine's processes does.</summary>
    public void Kill()
    {
        int server = int.Parse(File.ReadLines(Path.Combine(_folder.FullName, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using Process process = Process.GetProcessById(server);
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        for (Stopwatch watch = Stopwatch.StartNew(); ;)
        {
            if (_watcher is null || _watcher.HasExited)
                _watcher = Process.Start(Info([.. _asUser, "sh", "-c", Watch, "sh", _programs, _folder.FullName, Port.ToString(CultureInfo.InvariantCulture), Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]))!;
            try
            {
                await SqlAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50); // it is starting, or what a kill left has not gone yet
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_folder.Exists) return;
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "stop"), "");
        if (_watcher is not null) await _watcher.WaitForExitAsync();
        _folder.Delete(recursive: true);
        _folder.Refresh();
    }

    private static ProcessStartInfo Info(params string[] words) => new(words[0], words[1..]) { WorkingDirectory = "/" };

    private static async Task RunAsync(params string[] words)
    {
        ProcessStartInfo info = Info(words);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}: {error}");
    }
}
