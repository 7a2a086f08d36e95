using System.CommandLine;
using System.Globalization;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Restrictions;

namespace WunderProxy.Cli;

/// <summary>
/// The command-line options of the control plane, and their conversion to <see cref="LifecycleOptions"/>.
/// </summary>
internal sealed class DeploymentCliOptions
{
    /// <summary>
    /// How long a drained container keeps running: enough for a script or person that switches back at once. A shorter
    /// drain timeout shortens this.
    /// </summary>
    private static readonly TimeSpan Standby = TimeSpan.FromSeconds(10);

    private readonly Option<int?> _registryPort = CliOption.Number(
        "--registry-port", "Registry port of images that a launch config does not name: localhost:N/APP:REVISION [default: 8080]", 1, 65535);

    private readonly Option<string?> _environment = CliOption.Path(
        "--cfg", "FILE", "key=value lines given to every container as environment");

    private readonly Option<string?> _dockerHost = CliOption.Text(
        "--docker-host",
        "URL",
        "The Docker engine: unix://PATH or tcp://HOST:PORT "
        + "[default: $DOCKER_HOST, else the context $DOCKER_CONTEXT, else unix:///var/run/docker.sock]");

    private readonly Option<ContainerAddressMode?> _containerAddress = CliOption.Choice<ContainerAddressMode>(
        "--container-address",
        "How the proxy reaches a container: by its published port, by its network, or by whichever works [default: auto]",
        ("auto", ContainerAddressMode.Auto),
        ("published", ContainerAddressMode.Published),
        ("network", ContainerAddressMode.Network));

    private readonly Option<TimeSpan?> _healthInterval = CliOption.Duration(
        "--health-interval", "Longest pause between two probes at launch; the pauses begin with 20 ms and double [default: 1s]");

    private readonly Option<TimeSpan?> _healthTimeout = CliOption.Duration(
        "--health-timeout", "Longest wait for the answer to a probe [default: 5s]");

    private readonly Option<TimeSpan?> _launchTimeout = CliOption.Duration(
        "--launch-timeout", "Longest time for a launch, once the image is there [default: 60s]");

    private readonly Option<TimeSpan?> _drainUpgradedTimeout = CliOption.Duration(
        "--drain-upgraded-timeout", "How long upgraded connections may stay after a switch [default: 5m]");

    private readonly Option<TimeSpan?> _stopTimeout = CliOption.Duration(
        "--stop-timeout", "Time between SIGTERM and SIGKILL when a container is stopped [default: 10s]");

    private readonly Option<int?> _keep = CliOption.Number(
        "--keep", "Number of earlier revisions whose containers are kept for rollback [default: 3]", 0, 1000);

    private readonly Option<TimeSpan?> _guard = CliOption.Duration(
        "--guard", "How long a new upstream is watched; one that is clearly worse is switched back [default: off]");

    private readonly Option<bool> _restrict = CliOption.Flag(
        "--restrict", "Allow launch configs only fields that do not give control of the machine (docs/reference.md) [default: off]");

    private readonly Option<string[]> _restrictBind = CliOption.Repeatable<string>(
        "--restrict-bind",
        "DIR",
        "With --restrict: paths below DIR, links resolved, may be bound into containers",
        "the absolute path of an existing directory",
        (string text, out string directory) => Path.IsPathFullyQualified(directory = text) && Directory.Exists(text));

    private readonly Option<int[]> _restrictPort = CliOption.Repeatable<int>(
        "--restrict-port",
        "PORT",
        "With --restrict: a port of this machine that may be published beyond loopback",
        "a number from 1 to 65535",
        (string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= ushort.MaxValue);

    private readonly Option<string?> _stateDirectory = CliOption.Text(
        "--state-dir",
        "DIR",
        "Directory for the records that survive a restart [default: /var/lib/wunderproxy or ~/.local/state/wunderproxy]");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            _registryPort, _environment, _dockerHost, _containerAddress, _healthInterval, _healthTimeout,
            _launchTimeout, _drainUpgradedTimeout, _stopTimeout, _keep, _guard, _stateDirectory,
            _restrict, _restrictBind, _restrictPort,
        ];
        Array.ForEach(options, command.Options.Add);
    }

    /// <summary>Returns the engine's address as given; null leaves the choice to the environment.</summary>
    public string? DockerHost(ParseResult parsed) => parsed.GetValue(_dockerHost);

    /// <summary>Returns the directory of the local records; null for the default.</summary>
    public string? StateDirectory(ParseResult parsed) => parsed.GetValue(_stateDirectory);

    /// <summary>Reads the environment file of <c>--cfg</c>.</summary>
    /// <exception cref="UsageException">
    /// The file cannot be read, or has an invalid line, which the message names.
    /// </exception>
    public ContainerEnvironmentFile EnvironmentFile(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(_environment) is { } path
                ? ContainerEnvironmentFile.Load(path)
                : ContainerEnvironmentFile.None;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--cfg: {exception.Message}", exception);
        }
    }

    /// <summary>Returns what launch configs may use; null for no restriction.</summary>
    /// <exception cref="UsageException">
    /// <c>--restrict-bind</c> or <c>--restrict-port</c> is given without <c>--restrict</c>.
    /// </exception>
    public LaunchRestriction? Restriction(ParseResult parsed)
    {
        var directories = parsed.GetValue(_restrictBind) ?? [];
        var ports = parsed.GetValue(_restrictPort) ?? [];
        if (parsed.GetValue(_restrict))
        {
            return new LaunchRestriction { BindDirectories = directories, Ports = ports };
        }

        return directories.Length + ports.Length == 0
            ? null
            : throw new UsageException("--restrict-bind and --restrict-port extend what --restrict allows: give --restrict too");
    }

    /// <summary>Converts the given options; the others keep the defaults of <see cref="LifecycleOptions"/>.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="named">Lifecycle options with bucket, prefix and application.</param>
    /// <param name="drainTimeout">The drain timeout of the proxy.</param>
    public LifecycleOptions Map(ParseResult parsed, LifecycleOptions named, TimeSpan drainTimeout) => named with
    {
        RegistryPort = parsed.GetValue(_registryPort) ?? named.RegistryPort,
        ContainerAddress = parsed.GetValue(_containerAddress) ?? named.ContainerAddress,
        HealthInterval = parsed.GetValue(_healthInterval) ?? named.HealthInterval,
        HealthTimeout = parsed.GetValue(_healthTimeout) ?? named.HealthTimeout,
        LaunchTimeout = parsed.GetValue(_launchTimeout) ?? named.LaunchTimeout,
        DrainTimeout = drainTimeout,
        DrainUpgradedTimeout = parsed.GetValue(_drainUpgradedTimeout) ?? named.DrainUpgradedTimeout,
        Standby = drainTimeout < Standby ? drainTimeout : Standby,
        StopTimeout = parsed.GetValue(_stopTimeout) ?? named.StopTimeout,
        Keep = parsed.GetValue(_keep) ?? named.Keep,
        Guard = parsed.GetValue(_guard) ?? named.Guard,
        Version = ProductVersion.Text,
    };
}
