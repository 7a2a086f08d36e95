using System.CommandLine;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Hosting;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy forward</c>: runs only the proxy, with a fixed upstream.</summary>
internal sealed class ForwardCommand : Command
{
    private const string Example =
        "wunderproxy forward --upstream 127.0.0.1:9292 --proxy 0.0.0.0:8080 --api unix:/run/wp.sock";

    private readonly Option<EndPoint?> _upstream = CliOption.Single<EndPoint?>(
        "--upstream",
        "ADDR",
        "Where requests go: HOST:PORT or unix:PATH",
        SocketAddressText.Expected,
        SocketAddressText.TryParse!);

    private readonly ProxyCliOptions _proxy = new();
    private readonly ApiCliOptions _api = new();
    private readonly AcmeCliOptions _acme = new(hasStore: false);

    /// <summary>Declares arguments and options of the command.</summary>
    public ForwardCommand()
        : base("forward", "Forward to a fixed upstream: no Docker, no store, no state directory.")
    {
        _upstream.Required = true;
        Options.Add(_upstream);
        _proxy.AddTo(this);
        _api.AddTo(this);
        _acme.AddTo(this);
        ExampleHelp.AddTo(this, Example);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var upstream = UpstreamOf(parsed.GetValue(_upstream)!);
        var openTelemetry = new OpenTelemetryEnvironment(Environment.GetEnvironmentVariable).Read();
        var acme = _acme.Map(parsed);
        var listeners = _proxy.MapListeners(parsed, acme is not null);
        var answers = acme is null ? null : new ChallengeAnswers();
        using var orders = acme is null ? null : _acme.OpenState(parsed, stateDirectory: null);
        var certificates = _proxy.MapTls(parsed, acme is not null);
        var apiCertificates = _proxy.MapApiTls(parsed);
        var proxy = _proxy.Map(parsed) with { Tls = certificates?.Source, Challenges = answers, Traces = TracesWorker.SamplingOf(openTelemetry) };
        var application = _proxy.MapApplication(parsed);
        var api = _api.Map(parsed, defaultEndPoint: null, proxy) with { Tls = apiCertificates?.Source };
        var status = _api.MapStatus(parsed, proxy) with { Tls = apiCertificates?.Source };
        var budget = DescriptorBudget.For(
            DescriptorLimit.Raise(), proxy, listeners.Count, api.EndPoints.Count, runsContainers: false, status.EndPoints.Count);
        var builder = ServiceHost.CreateBuilder(
            listeners, proxy, application, _proxy.MapShutdown(parsed), budget, parsed.InvocationConfiguration.Error);
        ServiceHost.AddCertificates(builder.Services, certificates, apiCertificates);
        builder.Services.AddSingleton(provider => SlotWith(upstream, provider.GetRequiredService<TimeProvider>()));
        if (acme is not null)
        {
            ServiceHost.AddAcme(builder.Services, acme, orders!, answers!, certificates!, sharing: null);
        }

        ServiceHost.AddManagerApi(builder.Services, budget.Apply(api), budget.Apply(status), ApiServicesOf);
        ServiceHost.AddOpenTelemetry(builder.Services, openTelemetry, app: string.Empty);
        await ServiceHost.RunAsync(builder, cancellationToken);
        return ExitCode.Success;
    }

    /// <summary>
    /// Returns the upstream's address. A name is kept, so that all its addresses are tried and changes are followed; a
    /// name that cannot be resolved at the start, most likely misspelt, is an error. <c>:3000</c> is a port of this
    /// machine.
    /// </summary>
    private static EndPoint UpstreamOf(EndPoint given)
    {
        var endPoint = given is EndPointGroup group ? new DnsEndPoint("localhost", group.Addresses[0].Port) : given;
        ListenAddress.Resolve(endPoint);
        return endPoint;
    }

    private static UpstreamSlot SlotWith(EndPoint endPoint, TimeProvider clock)
    {
        var slot = new UpstreamSlot();
        slot.Switch(new Upstream(endPoint, SocketAddressText.Format(endPoint), clock));
        return slot;
    }

    private static ApiServices ApiServicesOf(IServiceProvider provider)
    {
        var forwarder = provider.GetRequiredService<ForwarderServer>();
        var instance = provider.GetRequiredService<InstanceState>();
        var application = provider.GetRequiredService<ProxyApplication>();
        var status = new StatusReader(forwarder, application, instance, lifecycle: null, traffic: null, app: string.Empty, provider.GetServices<TlsCertificates>())
        {
            Certificates = provider.GetService<CertificateKeeper>() is { } keeper ? keeper.Snapshot : null,
            Listeners = provider.GetRequiredService<ListenerSet>().All,
            Folders = OwnFolders.Of(provider.GetRequiredService<ForwarderOptions>().Buffers),
        };
        var hub = ServiceHost.CreateHub(provider, status);
        hub.Note("start", "wunderproxy");
        return new ApiServices(
            status, instance, new InstanceControl(application, instance, lifecycle: null, status, hub), Lifecycle: null, hub);
    }
}
