using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Acme;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Operations;
using WunderProxy.Deployments.Storage;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Hosting;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy run</c>: runs the whole service, proxy and deployment manager in one.</summary>
internal sealed class RunCommand : Command
{
    private const string Example =
        "wunderproxy run my-bucket apps/shop shop --proxy 0.0.0.0:80 --api-token-file /run/secrets/token";

    /// <summary>Number of positional arguments: BUCKET PREFIX APP.</summary>
    public const int ArgumentCount = 3;

    private readonly StoreArguments _store = new();
    private readonly Argument<string> _app = new("APP")
    {
        Description = "The application, by which its images and containers are named",
    };

    private readonly ProxyCliOptions _proxy = new();
    private readonly ApiCliOptions _api = new();
    private readonly DeploymentCliOptions _deployments = new();
    private readonly AcmeCliOptions _acme = new(hasStore: true);

    /// <summary>Declares arguments and options of the command.</summary>
    public RunCommand()
        : base("run", "Serve an application: run its container, forward to it, replace it without a lost request.")
    {
        _store.AddTo(this);
        Arguments.Add(_app);
        _proxy.AddTo(this);
        _api.AddTo(this);
        _deployments.AddTo(this);
        _acme.AddTo(this);
        ExampleHelp.AddTo(this, Example);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var service = new ServiceName(_store.Bucket(parsed), _store.Prefix(parsed), App(parsed));
        var openTelemetry = new OpenTelemetryEnvironment(Environment.GetEnvironmentVariable).Read();
        var shutdown = _proxy.MapShutdown(parsed);
        var options = _deployments.Map(parsed, OptionsOf(service), shutdown.DrainTimeout) with
        {
            Environment = _deployments.EnvironmentFile(parsed),
            Restriction = _deployments.Restriction(parsed),
        };
        using var store = _store.Open(parsed);
        var stateDirectory = _deployments.StateDirectory(parsed) ?? LocalState.DefaultDirectory();
        using var state = OpenState(stateDirectory, service);
        var engine = EngineOf(_deployments.DockerHost(parsed));
        var acme = _acme.Map(parsed);
        var listeners = _proxy.MapListeners(parsed, acme is not null);
        var answers = acme is null ? null : new ChallengeAnswers();
        using var orders = acme is null ? null : _acme.OpenState(parsed, state.FullPath);
        var certificates = _proxy.MapTls(parsed, acme is not null);
        var apiCertificates = _proxy.MapApiTls(parsed);
        var proxy = _proxy.Map(parsed, Path.Combine(stateDirectory, "buffers")) with { Tls = certificates?.Source, Challenges = answers, Traces = TracesWorker.SamplingOf(openTelemetry) };
        var application = _proxy.MapApplication(parsed) with { Name = service.App };
        var api = _api.Map(parsed, ManagerApiOptions.DefaultEndPoint, proxy) with { Tls = apiCertificates?.Source };
        var status = _api.MapStatus(parsed, proxy) with { Tls = apiCertificates?.Source };
        var folders = OwnFolders.Of(proxy.Buffers, state.FullPath, service.Bucket);
        var budget = DescriptorBudget.For(
            DescriptorLimit.Raise(), proxy, listeners.Count, api.EndPoints.Count, runsContainers: true, status.EndPoints.Count);
        var builder = ServiceHost.CreateBuilder(
            listeners, proxy, application, shutdown, budget, parsed.InvocationConfiguration.Error);
        ServiceHost.AddCertificates(builder.Services, certificates, apiCertificates);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<IObjectStore>(store);
        builder.Services.AddSingleton(state);
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton<UpstreamTrafficSwitch>();
        builder.Services.AddSingleton<ITrafficSwitch>(p => p.GetRequiredService<UpstreamTrafficSwitch>());
        builder.Services.AddSingleton<ITrafficMeter>(p => p.GetRequiredService<UpstreamTrafficSwitch>());
        builder.Services.AddSingleton<ContainerLifecycle>();
        builder.Services.AddSingleton<IContainerLifecycle>(p => p.GetRequiredService<ContainerLifecycle>());
        builder.Services.AddHostedService<LifecycleWorker>();
        if (acme is not null)
        {
            ServiceHost.AddAcme(
                builder.Services, acme, orders!, answers!, certificates!, new AcmeSharing(store, service.Prefix));
        }

        ServiceHost.AddManagerApi(
            builder.Services, budget.Apply(api), budget.Apply(status), p => ApiServicesOf(p, service.App, folders));
        ServiceHost.AddOpenTelemetry(builder.Services, openTelemetry, service.App);
        try
        {
            await ServiceHost.RunAsync(builder, cancellationToken);
        }
        catch (Exception exception) when (exception is StateUnreadableException or StateUnwritableException)
        {
            throw new UsageException($"--state-dir: {exception.Message}", exception);
        }

        return ExitCode.Success;
    }

    /// <summary>Returns the name of the application.</summary>
    /// <exception cref="UsageException">The name is empty.</exception>
    private string App(ParseResult parsed) =>
        parsed.GetRequiredValue(_app) is var app && !string.IsNullOrWhiteSpace(app)
            ? app
            : throw new UsageException("APP is empty: give the application's name, which names its images and containers");

    private static LifecycleOptions OptionsOf(ServiceName service) =>
        new() { Bucket = service.Bucket, Prefix = service.Prefix, App = service.App };

    private static LocalState OpenState(string directory, ServiceName service)
    {
        try
        {
            var state = LocalState.Open(directory, service);
            return state.TryLock()
                ? state
                : throw new UsageException($"another process serves {service.App} already: {state.FullPath} is locked");
        }
        catch (StateUnwritableException exception)
        {
            throw new UsageException($"--state-dir: {exception.Message}", exception);
        }
    }

    private static DockerEndpoint EngineOf(string? dockerHost)
    {
        try
        {
            var engine = DockerEndpoint.FromEnvironment(dockerHost, Environment.GetEnvironmentVariable);
            engine.CheckCertificates();
            return engine;
        }
        catch (FormatException exception)
        {
            var option = string.IsNullOrEmpty(dockerHost) ? "" : "--docker-host: ";
            throw new UsageException(option + exception.Message, exception);
        }
    }

    private static ApiServices ApiServicesOf(IServiceProvider provider, string app, IReadOnlyDictionary<string, string> folders)
    {
        var forwarder = provider.GetRequiredService<ForwarderServer>();
        var instance = provider.GetRequiredService<InstanceState>();
        var lifecycle = provider.GetRequiredService<IContainerLifecycle>();
        var traffic = provider.GetRequiredService<UpstreamTrafficSwitch>();
        var application = provider.GetRequiredService<ProxyApplication>();
        var status = new StatusReader(forwarder, application, instance, lifecycle, traffic, app, provider.GetServices<TlsCertificates>())
        {
            Certificates = provider.GetService<CertificateKeeper>() is { } keeper ? keeper.Snapshot : null,
            Listeners = provider.GetRequiredService<ListenerSet>().All,
            Folders = folders,
        };
        var hub = ServiceHost.CreateHub(provider, status);
        lifecycle.ListenTo(hub);
        return new ApiServices(
            status, instance, new InstanceControl(application, instance, lifecycle, status, hub), lifecycle, hub);
    }
}
