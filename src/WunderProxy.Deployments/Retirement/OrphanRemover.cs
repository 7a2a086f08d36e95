using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>
/// Removes containers of ours that are not wanted; removals that the engine does not carry out are tried again later.
/// </summary>
internal sealed class OrphanRemover(DockerEngineClient engine, ContainerOwnership ownership, ILogger log)
{
    /// <summary>
    /// Containers still to be removed, each with the last logged fault; removal is tried every half minute, and a fault
    /// logged once.
    /// </summary>
    private readonly ConcurrentDictionary<Orphan, string> _waiting = new();

    /// <summary>Removes a container that was proven to be ours, by force; never fails.</summary>
    /// <param name="id">Full id of the container.</param>
    /// <param name="cancellationToken">Cancels the attempt; the next one tries again.</param>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        RemoveAsync(new Orphan(id, IsName: false), cancellationToken);

    /// <summary>
    /// Removes what a create call without an answer may have left. A name proves nothing, so the container is examined
    /// before it is removed.
    /// </summary>
    public Task RemoveNamedAsync(string name, CancellationToken cancellationToken) =>
        RemoveAsync(new Orphan(name, IsName: true), cancellationToken);

    /// <summary>Tries again to remove the containers that are left.</summary>
    public async Task RetryAsync(CancellationToken cancellationToken)
    {
        foreach (var (orphan, told) in _waiting)
        {
            try
            {
                if (await FindIdAsync(orphan, cancellationToken) is { } id)
                {
                    await engine.RemoveContainerAsync(id, cancellationToken);
                }

                _waiting.TryRemove(orphan, out _);
            }
            catch (ContainerNotFoundException)
            {
                _waiting.TryRemove(orphan, out _);
            }
            catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
            {
                if (exception.Message != told && _waiting.TryUpdate(orphan, exception.Message, told))
                {
                    DeploymentLog.RetireFailed(log, orphan.Container, "", exception.Message);
                }
            }
        }
    }

    private async Task RemoveAsync(Orphan orphan, CancellationToken cancellationToken)
    {
        _waiting.TryAdd(orphan, "");
        await RetryAsync(cancellationToken);
    }

    /// <summary>Returns the id of the container to remove, or null if it is not ours.</summary>
    private async Task<string?> FindIdAsync(Orphan orphan, CancellationToken cancellationToken)
    {
        if (!orphan.IsName)
        {
            return orphan.Container;
        }

        // The engine would also find a container whose id begins like the name.
        var found = await engine.InspectContainerAsync(orphan.Container, cancellationToken);
        var isNamed = found.Name.TrimStart('/') == orphan.Container;
        return isNamed && await ownership.JudgeAsync(found, cancellationToken) == ContainerOwner.Ours ? found.Id : null;
    }

    private readonly record struct Orphan(string Container, bool IsName);
}
