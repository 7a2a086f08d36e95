using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.Hosting;

/// <summary>Wires the workers of <c>run</c> and <c>forward</c>, and runs them until a signal.</summary>
internal static class ServiceHost
{
    /// <summary>
    /// Registers what both commands have: the proxy, its application with the slot, the state of the process, signals, the log.
    /// </summary>
    public static HostApplicationBuilder CreateBuilder(
        IReadOnlyList<ListenerOptions> listeners,
        ForwarderOptions forwarder,
        ApplicationOptions application,
        ShutdownOptions shutdown,
        DescriptorBudget budget,
        TextWriter log)
    {
        // Empty: no configuration files, watchers or providers that would delay a proxy's start. The native program is then
        // compiled without them too, which it is not when they are only switched off.
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        var services = builder.Services;
        AddLog(services, log);
        AddFixedOptions(services);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(budget);
        services.AddSingleton(budget.Apply(forwarder));
        services.AddSingleton(shutdown);
        AddListeners(services, listeners);
        services.AddSingleton(provider => ListenerSet.Bind(InOrder(provider.GetServices<ListenerOptions>())));
        services.AddSingleton<UpstreamSlot>();
        services.AddSingleton(application);
        services.AddSingleton<ProxyApplication>();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<ForwarderServer>();
        services.AddSingleton(provider => new InstanceState(provider.GetRequiredService<TimeProvider>())
        {
            LogDropped = () => provider.GetRequiredService<LineLoggerProvider>().Dropped,
        });
        services.AddSingleton(provider => new ReloadActions(provider.GetServices<ReloadAction>()));
        if (forwarder.Fallback is { } fallback)
        {
            services.AddSingleton(new ReloadAction("peer key", fallback.Key.Reload));
        }

        if (forwarder.AccessLog is AccessLogFile accessLog)
        {
            services.AddSingleton(accessLog);
            services.AddSingleton(new ReloadAction("file of the access log", () => Reopen(accessLog)));
        }

        services.AddSingleton<IHostLifetime, SignalLifetime>();
        return builder;
    }

    /// <summary>Adds the owners of certificates, which read them again on SIGHUP and when a file changes.</summary>
    public static void AddCertificates(IServiceCollection services, params ReadOnlySpan<TlsCertificates?> owners)
    {
        var hasAny = false;
        foreach (var owner in owners)
        {
            if (owner is not null)
            {
                hasAny = true;
                services.AddSingleton(owner);
                var what = owner.Use == CertificateUse.Proxy ? "certificates" : "certificate of the manager API";
                services.AddSingleton(new ReloadAction(what, owner.Reload, owner.FindOpenKeys));
            }
        }

        if (hasAny)
        {
            services.AddHostedService<CertificateWorker>();
        }
    }

    /// <summary>Adds the manager API and the listener for load balancers, each if it has an address.</summary>
    public static void AddManagerApi(
        IServiceCollection services,
        ManagerApiOptions options,
        StatusListenerOptions status,
        Func<IServiceProvider, ApiServices> apiServices)
    {
        services.AddSingleton(apiServices);
        if (status.EndPoints.Count > 0)
        {
            AddListeners(services, status.Listeners);
            services.AddHostedService(provider => new StatusListener(
                status,
                provider.GetRequiredService<ListenerSet>(),
                provider.GetRequiredService<ApiServices>(),
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>()));
        }

        if (options.EndPoints.Count == 0)
        {
            return;
        }

        AddListeners(services, options.Listeners);
        var token = ApiToken.From(options);
        services.AddSingleton(new ReloadAction("tokens", token.Reload, token.FindWarning));
        services.AddSingleton(provider => new ManagerApiServer(
            options,
            token,
            provider.GetRequiredService<ApiServices>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ManagerApiWorker>();
    }

    /// <summary>Adds what OpenTelemetry's environment variables ask for.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="options">What the variables say.</param>
    /// <param name="app">Name of the application; empty for <c>forward</c>.</param>
    public static void AddOpenTelemetry(IServiceCollection services, OpenTelemetryOptions options, string app)
    {
        if (options.Traces is not null || options.Metrics is not null)
        {
            services.AddHostedService(provider => new OpenTelemetryWorker([.. OpenTelemetrySignals(provider, options, app)]));
        }
    }

    /// <summary>Creates the live stream, which ends with the manager API.</summary>
    public static EventHub CreateHub(IServiceProvider provider, StatusReader status) => new(
        status.Read,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>().CreateLogger<EventHub>());

    /// <summary>Adds the orders of certificates.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="options">Which certificates are ordered, and from whom.</param>
    /// <param name="state">Where they are kept.</param>
    /// <param name="answers">The answers to challenges, which the proxy gives.</param>
    /// <param name="certificates">The certificates of the proxy's listeners.</param>
    /// <param name="sharing">Where instances share them; null without a store.</param>
    public static void AddAcme(
        IServiceCollection services,
        AcmeOptions options,
        AcmeState state,
        ChallengeAnswers answers,
        TlsCertificates certificates,
        AcmeSharing? sharing)
    {
        services.AddSingleton(answers);
        services.AddSingleton(provider => new OrderedCertificates(
            certificates, options.Hosts, provider.GetRequiredService<ILogger<OrderedCertificates>>()));
        services.AddSingleton(provider => new CertificateKeeper(
            options,
            state,
            provider.GetRequiredService<OrderedCertificates>(),
            answers,
            sharing,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<AcmeWorker>();
    }

    /// <summary>Runs until a signal has ended everything in order.</summary>
    /// <exception cref="UsageException">An address cannot be bound, or TLS cannot be spoken.</exception>
    public static async Task RunAsync(HostApplicationBuilder builder, CancellationToken cancellationToken)
    {
        PoolThreads.Start();

        // The proxy is the last to start and the first to stop.
        builder.Services.AddHostedService<DescriptorWorker>();
        builder.Services.AddHostedService<ForwarderWorker>();
        using var host = builder.Build();
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger<SignalLifetime>();
        LastResort.LogTo(exception => HostLog.Uncaught(logger, exception));
        using var accessLogTrouble = new LogThrottle(
            TimeProvider.System, (count, last) => HostLog.AccessLogTroubleMore(logger, count, last as string));
        if (host.Services.GetService<AccessLogFile>() is { } accessLog)
        {
            accessLog.Warn = message =>
            {
                if (accessLogTrouble.TryPass(message))
                {
                    HostLog.AccessLogTrouble(logger, message);
                }
            };
        }

        try
        {
            // All addresses are bound before anything starts, so that a start that fails because of an address has
            // touched nothing.
            host.Services.GetRequiredService<ListenerSet>();

            // When all services have started: what the start has read is not read again.
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(StartPages.Release);
            await host.RunAsync(cancellationToken);
        }
        catch (ListenException exception)
        {
            throw new UsageException(Explain(exception), exception);
        }
        catch (TlsException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
        finally
        {
            LastResort.LogTo(null);
        }
    }

    /// <summary>
    /// Adds the log. The types are named here: those that the container puts together by itself, such as a logger for a
    /// category, the native runtime has to build at each start, with tables that stay in memory.
    /// </summary>
    private static void AddLog(IServiceCollection services, TextWriter log)
    {
        var filter = new LoggerFilterOptions { MinLevel = LogLevel.Information }.AddFilter("Microsoft", LogLevel.None);
        services.AddSingleton(_ => new LineLoggerProvider(log, TimeProvider.System));
        services.AddSingleton<ILoggerFactory>(
            provider => new LoggerFactory([provider.GetRequiredService<LineLoggerProvider>()], filter));
        services.AddSingleton<ILogger<SignalLifetime>, Logger<SignalLifetime>>();
        services.AddSingleton<ILogger<DescriptorWorker>, Logger<DescriptorWorker>>();
        services.AddSingleton<ILogger<ForwarderWorker>, Logger<ForwarderWorker>>();
    }

    /// <summary>Adds the host's options as they are, and so without the machinery that configures and validates options.</summary>
    private static void AddFixedOptions(IServiceCollection services)
    {
        services.AddSingleton(Options.Create(new HostOptions { ShutdownTimeout = Timeout.InfiniteTimeSpan }));

        // Would at each start set up the collection of metrics that no configuration asks for; nothing of ours has a validator.
        services.RemoveAll<IStartupValidator>();
    }

    private static IEnumerable<IHostedService> OpenTelemetrySignals(IServiceProvider provider, OpenTelemetryOptions options, string app)
    {
        var clock = provider.GetRequiredService<TimeProvider>();
        if (options.Traces is not null)
        {
            yield return new TracesWorker(options, app, provider.GetRequiredService<ILogger<TracesWorker>>(), clock);
        }

        if (options.Metrics is not null)
        {
            yield return new MetricsWorker(
                options,
                provider.GetRequiredService<ApiServices>().Status,
                provider.GetRequiredService<InstanceState>(),
                app,
                provider.GetRequiredService<ILogger<MetricsWorker>>(),
                clock);
        }
    }

    private static void Reopen(AccessLogFile file)
    {
        try
        {
            file.Reopen();
        }
        catch (IOException exception)
        {
            throw new UsageException($"access log: {exception.Message}", exception);
        }
    }

    private static void AddListeners(IServiceCollection services, IReadOnlyList<ListenerOptions> listeners)
    {
        foreach (var options in listeners)
        {
            services.AddSingleton(options);
        }
    }

    /// <summary>Returns the listeners with the proxy's last, because the proxy starts last.</summary>
    private static IEnumerable<ListenerOptions> InOrder(IEnumerable<ListenerOptions> listeners) =>
        listeners.OrderByDescending(options => options.Kind);

    private static string Explain(ListenException exception)
    {
        var address = SocketAddressText.Format(exception.EndPoint);
        return exception.Error switch
        {
            SocketError.AddressAlreadyInUse => $"cannot listen on {address}: the address is in use",
            SocketError.AccessDenied =>
                $"cannot listen on {address}: no permission (ports below 1024 need CAP_NET_BIND_SERVICE)",
            _ => exception.Message,
        };
    }
}
