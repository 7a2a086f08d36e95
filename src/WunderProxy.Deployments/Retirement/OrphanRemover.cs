using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>Removes containers of ours that nobody wants; what the engine does not take now is tried again later.</summary>
internal sealed class OrphanRemover(DockerEngineClient engine, ContainerOwnership ownership, ILogger log)
{
    /// <summary>Those that wait, each with the fault that was told last: it is tried every half minute, told once.</summary>
    private readonly ConcurrentDictionary<Orphan, string> _waiting = new();

    /// <summary>Removes a container that was proven to be ours, by force; never fails.</summary>
    /// <param name="id">Its full id.</param>
    public Task RemoveAsync(string id) => RemoveAsync(new Orphan(id, IsName: false));

    /// <summary>
    /// Removes what a create call without an answer may have left. A name is no proof: the container is looked at before
    /// it is removed.
    /// </summary>
    public Task RemoveNamedAsync(string name) => RemoveAsync(new Orphan(name, IsName: true));

    /// <summary>Tries again what still waits.</summary>
    public async Task RetryAsync()
    {
        foreach (var (orphan, told) in _waiting)
        {
            try
            {
                if (await FindIdAsync(orphan) is { } id)
                {
                    await engine.RemoveContainerAsync(id, CancellationToken.None);
                }

                _waiting.TryRemove(orphan, out _);
            }
            catch (ContainerNotFoundException)
            {
                _waiting.TryRemove(orphan, out _);
            }
            catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
            {
                if (fault.Message != told && _waiting.TryUpdate(orphan, fault.Message, told))
                {
                    DeploymentLog.RetireFailed(log, orphan.Container, "", fault.Message);
                }
            }
        }
    }

    private async Task RemoveAsync(Orphan orphan)
    {
        _waiting.TryAdd(orphan, "");
        await RetryAsync();
    }

    /// <summary>The id of what is to be removed; null for a container that is not ours.</summary>
    private async Task<string?> FindIdAsync(Orphan orphan)
    {
        if (!orphan.IsName)
        {
            return orphan.Container;
        }

        // An id that begins like a name would be found too.
        var found = await engine.InspectContainerAsync(orphan.Container, CancellationToken.None);
        var isNamed = found.Name.TrimStart('/') == orphan.Container;
        return isNamed && await ownership.JudgeAsync(found, CancellationToken.None) == ContainerOwner.Ours ? found.Id : null;
    }

    private readonly record struct Orphan(string Container, bool IsName);
}
