using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Launching;

/// <summary>What one launch leaves behind while it runs, so that its failure can be explained.</summary>
/// <param name="application">The application that is launched.</param>
/// <param name="config">The launch config.</param>
/// <param name="next">Receives the progress too.</param>
internal sealed class LaunchTrail(Application application, LaunchConfig config, IProgress<DeploymentProgress> next)
    : IProgress<DeploymentProgress>
{
    private readonly StepTimes _steps = new(application.Clock);

    /// <summary>The image, once it is on this machine.</summary>
    public ProvidedImage? Image { get; set; }

    /// <summary>TCP port inside the container; 0 until it is known.</summary>
    public int ContainerPort { get; set; }

    /// <summary>Seconds since the launch began.</summary>
    public double Seconds => _steps.Seconds;

    /// <summary>The phases of the launch so far, in order; the last one lasts until now.</summary>
    public IEnumerable<StepTime> Phases => _steps.ToList().Where(step => step.Step != "ready");

    /// <summary>Seconds from the start of the container to its first good probe.</summary>
    public double StartSeconds => _steps.ToList().Where(step => step.Step is "starting" or "checking").Sum(step => step.Seconds);

    /// <inheritdoc/>
    public void Report(DeploymentProgress value)
    {
        _steps.Note(value.Step);
        next.Report(value);
    }

    /// <summary>Returns the record of the launch, which failed with this exception.</summary>
    public FailedLaunch ToRecord(DeploymentException failure) => new()
    {
        At = application.Clock.GetUtcNow(),
        Hash = config.Hash.Value,
        Revision = config.Revision,
        Code = failure.Code,
        Message = failure.Message,
        Seconds = _steps.Seconds,
        Steps = _steps.ToList(),
        Image = Image?.Name ?? application.Images.Of(config),
        ImagePlatform = Image?.Details.Platform ?? "",
        ContainerPort = ContainerPort,
        HealthCheckPath = config.HealthCheckPath,
        Variables =
        [
            .. config.Environment.Select(variable => variable.Split('=')[0]).Where(name => name.Length > 0)
                .Concat(application.Options.Environment.Variables.Select(pair => pair.Key)).Distinct(StringComparer.Ordinal),
        ],
        Details = failure.Details,
    };
}
