using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>Remembers what an operation tells of its progress, in order.</summary>
internal sealed class Listener : IProgress<DeploymentProgress>
{
    private readonly Lock _lock = new();
    private readonly List<DeploymentProgress> _told = [];

    /// <summary>The steps, each once as long as it lasts.</summary>
    public IReadOnlyList<string> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _told.Select(step => step.Step).Where((step, index) => index == 0 || _told[index - 1].Step != step)];
            }
        }
    }

    /// <summary>The words.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _told.Select(step => step.Message)];
            }
        }
    }

    public void Report(DeploymentProgress value)
    {
        lock (_lock)
        {
            _told.Add(value);
        }
    }
}
