using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ledger.Host.Composition;

/// <summary>The actor system of one machine: local, without remoting, silent.</summary>
internal sealed class ActorHost : IAsyncDisposable
{
    /// <remarks>Faults of shards come back as exceptions of the fold, so nothing is lost by not printing them; standard output belongs to answers.</remarks>
    private const string Configuration = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    private readonly IHost _host;

    private ActorHost(IHost host) => _host = host;

    /// <summary>Where actors are made.</summary>
    public IActorRefFactory Actors => _host.Services.GetRequiredService<ActorSystem>();

    public static async Task<ActorHost> StartAsync(CancellationToken cancel)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "weledger" });
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddAkka("weledger", akka => akka
            .ConfigureLoggers(loggers => loggers.ClearLoggers())
            .AddHocon(Configuration, HoconAddMode.Prepend));
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancel);
            return new ActorHost(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    /// <summary>Leaves signals to the command line: the actor system must not stop under a command that is tidying up.</summary>
    internal sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
