using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Removes containers that nobody wants; what the engine does not take now is tried again later.</summary>
internal sealed class OrphanRemover(DockerEngineClient engine, ILogger log)
{
    /// <summary>Those that wait, each with the fault that was told last: it is tried every half minute, told once.</summary>
    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);

    /// <summary>Removes one by id or name, by force; never fails.</summary>
    public async Task RemoveAsync(string container)
    {
        _waiting.TryAdd(container, "");
        await RetryAsync();
    }

    /// <summary>Tries again what still waits.</summary>
    public async Task RetryAsync()
    {
        foreach (var (container, told) in _waiting)
        {
            try
            {
                await engine.RemoveContainerAsync(container, CancellationToken.None);
                _waiting.TryRemove(container, out _);
            }
            catch (ContainerNotFoundException)
            {
                _waiting.TryRemove(container, out _);
            }
            catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
            {
                if (fault.Message != told && _waiting.TryUpdate(container, fault.Message, told))
                {
                    DeploymentLog.RetireFailed(log, container, "", fault.Message);
                }
            }
        }
    }
}
