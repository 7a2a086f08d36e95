using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>What an operator should know now: the circuits of engine and store, and warnings, each logged once per change.</summary>
internal sealed class NoticeBoard(ILogger log, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _warnings = new(StringComparer.Ordinal);

    /// <summary>That of the engine; every call of its client tells it how it went.</summary>
    public Circuit Engine { get; } = new(clock, state => DeploymentLog.EngineStateChanged(log, state));

    /// <summary>That of the store; whoever misses it opens it, and the store's tender closes it.</summary>
    public Circuit Store { get; } = new(clock, state => DeploymentLog.StoreStateChanged(log, state));

    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_lock)
            {
                return [.. _warnings.Values];
            }
        }
    }

    /// <summary>Puts up a warning under a topic, or takes it down with null.</summary>
    public void Warn(string topic, string? message)
    {
        lock (_lock)
        {
            if (message is null)
            {
                _warnings.Remove(topic);
                return;
            }

            var isNew = _warnings.GetValueOrDefault(topic) != message;
            _warnings[topic] = message;
            if (isNew)
            {
                DeploymentLog.Warned(log, message);
            }
        }
    }
}
