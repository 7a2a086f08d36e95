using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Operations;

/// <summary>Asks the engine, for a few seconds at most, about the container in service and its last log lines.</summary>
internal sealed class CurrentInquiry(Application application)
{
    /// <summary>Longest time for all questions.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const int LogLines = 30;
    private const int MaxLineLength = 1_000;

    /// <summary>Asks; never throws because of the engine, but says what it could not find out.</summary>
    public async Task<ContainerReport> AskAsync(CancellationToken cancellationToken)
    {
        if (application.Table.Current is not { } current || current.Replica.Id.IsEmpty)
        {
            return new ContainerReport { Missing = ["no container is in service"] };
        }

        var report = new ContainerReport { Container = current.Replica.Id.Value };
        if (application.Machine.IsAway)
        {
            return report with { Missing = ["the container and its log: the Docker engine does not answer"] };
        }

        using var limit = new CallTimeout(Patience, application.Clock, cancellationToken);
        try
        {
            var found = await application.Machine.Engine.InspectContainerAsync(current.Replica.Id.Value, limit.Token);
            report = report with
            {
                IsRunning = found.State.Running,
                ExitCode = found.State.Running ? null : found.State.ExitCode,
                IsOutOfMemory = found.State.OOMKilled,
                Restarts = found.RestartCount,
                StartedAt = found.State.StartedAt,
                MemoryLimit = found.MemoryLimit > 0 ? found.MemoryLimit : null,
            };
            return await AddLogAsync(report, current, limit.Token);
        }
        catch (Exception exception) when (IsForeign(exception, cancellationToken))
        {
            return report with { Missing = [.. report.Missing, $"the container: {ReasonOf(exception)}"] };
        }
    }

    private async Task<ContainerReport> AddLogAsync(ContainerReport report, Deployment current, CancellationToken cancellationToken)
    {
        if (current.Config is not { } config)
        {
            return report with { Missing = ["its log: the launch config is not known here, so that secrets could not be masked"] };
        }

        try
        {
            var mask = application.MaskOf(config);
            var lines = await application.Machine.Engine.ReadLogsAsync(current.Replica.Id.Value, LogLines, cancellationToken);
            return report with { Log = [.. lines.Select(line => Cut(mask.Apply(line)))] };
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException or OperationCanceledException)
        {
            return report with { Missing = [.. report.Missing, $"its log: {ReasonOf(exception)}"] };
        }
    }

    private static string Cut(string line) => line.Length <= MaxLineLength ? line : line[..MaxLineLength] + " …";

    private static bool IsForeign(Exception exception, CancellationToken cancellationToken) =>
        exception is DockerEngineException or EngineUnavailableException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string ReasonOf(Exception exception) => exception is OperationCanceledException
        ? $"the Docker engine did not answer within {Patience.TotalSeconds:0} s"
        : exception.Message;
}
