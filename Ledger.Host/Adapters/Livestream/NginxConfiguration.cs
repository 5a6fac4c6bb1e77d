using System.Globalization;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Writes an nginx configuration that does what the adapter expects: RTMP in, HLS and a recording out, callbacks to the ledger, counters on the address of the settings.</summary>
internal static class NginxConfiguration
{
    /// <summary>Where Debian keeps nginx's modules.</summary>
    private const string Module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

    /// <summary>Whether this machine's nginx can be given the module.</summary>
    public static bool HasModule => File.Exists(Module);

    /// <summary>Seconds between two updates of a stream: how soon one that is refused ends where there is no control address.</summary>
    private const int UpdateSeconds = 30;

    /// <summary>Writes <c>nginx.conf</c> and its folders.</summary>
    /// <param name="folder">The folder; made when it is missing. Everything nginx writes is in it.</param>
    /// <param name="settings">Whose secret the callbacks carry.</param>
    /// <param name="server">Which server it is for; its address of counters is where nginx serves HTTP.</param>
    /// <param name="ledger">Where the ledger serves HTTP.</param>
    /// <param name="rtmp">ADDRESS:PORT or PORT that broadcasters connect to.</param>
    /// <param name="user">Who nginx's workers are when it is started by root; null: nginx's own choice.</param>
    /// <returns>The file.</returns>
    public static string Write(string folder, LivestreamSettings settings, MediaServer server, Uri ledger, string rtmp, string? user)
    {
        foreach (string name in (string[])["", "hls", "recordings", "logs", "temp"]) Directory.CreateDirectory(Path.Combine(folder, name));
        string file = Path.Combine(folder, "nginx.conf");
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // it holds the callback secret
        using StreamWriter writer = new(file, options);
        writer.Write(Text(folder, settings, server, ledger, rtmp, user));
        return file;
    }

    /// <summary>The configuration's text.</summary>
    internal static string Text(string folder, LivestreamSettings settings, MediaServer server, Uri ledger, string rtmp, string? user)
    {
        string callback = $"{ledger.AbsoluteUri.TrimEnd('/')}{LivestreamEndpoints.CallbackPath}?{Security.CallbackAccess.Member}={settings.CallbackSecret}&server={server.Name}";
        string http = server.Stat.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 ? server.Stat.Authority : server.Stat.Port.ToString(CultureInfo.InvariantCulture);
        string control = server.Control is null ? "" : $$"""


                    location {{server.Control.AbsolutePath}} {
                        allow {{AllowedFrom(server)}};
                        deny all;
                        rtmp_control all;
                    }
            """;
        return $$"""
            # Written by 'weledger media config' for the media server '{{server.Name}}'. The Debian module serves no HTTP-FLV; players use HLS or RTMP.
            {{(user is null ? "" : $"user {user};\n")}}worker_processes 1; # the module's counters are each worker's own
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/logs/error.log warn;
            load_module {{Module}};

            events {
                worker_connections 4096;
            }

            rtmp {
                server {
                    listen {{rtmp}};
                    ping 10s;
                    ping_timeout 10s;
                    notify_method post;
                    notify_update_timeout {{UpdateSeconds}}s;

                    application {{server.Application}} {
                        live on;
                        drop_idle_publisher 30s;

                        hls on;
                        hls_path {{folder}}/hls;
                        hls_fragment 2s;
                        hls_playlist_length 20s;

                        record all;
                        record_unique on;
                        record_path {{folder}}/recordings;

                        on_publish "{{callback}}";
                        on_publish_done "{{callback}}";
                        on_play "{{callback}}";
                        on_play_done "{{callback}}";
                        on_update "{{callback}}";
                        on_record_done "{{callback}}";
                    }
                }
            }

            http {
                access_log off;
                client_body_temp_path {{folder}}/temp/body;
                proxy_temp_path {{folder}}/temp/proxy;
                fastcgi_temp_path {{folder}}/temp/fastcgi;
                uwsgi_temp_path {{folder}}/temp/uwsgi;
                scgi_temp_path {{folder}}/temp/scgi;

                types {
                    application/vnd.apple.mpegurl m3u8;
                    video/mp2t ts;
                }

                server {
                    listen {{http}};

                    location {{server.Stat.AbsolutePath}} {
                        allow {{AllowedFrom(server)}};
                        deny all;
                        rtmp_stat all;
                    }{{control}}

                    location /hls {
                        alias {{folder}}/hls;
                        add_header Cache-Control no-cache;
                    }
                }
            }

            """;
    }

    /// <summary>Counters and orders are for this machine, unless the settings reach the server over a network, where its operator says who may.</summary>
    private static string AllowedFrom(MediaServer server) => server.Stat.IsLoopback ? "127.0.0.1" : "all";
}
