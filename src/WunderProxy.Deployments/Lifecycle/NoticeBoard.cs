using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>What an operator should know now: the state of engine and store, and warnings. A fault is logged once per change.</summary>
internal sealed class NoticeBoard(ILogger log)
{
    private const string Ok = "Ok";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _warnings = new(StringComparer.Ordinal);
    private string _engine = Ok;
    private string _store = Ok;

    public string EngineState => Volatile.Read(ref _engine);

    public string StoreState => Volatile.Read(ref _store);

    public bool IsEngineAway => EngineState != Ok;

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

    /// <summary>Notes how the engine answers; null for well.</summary>
    public void SetEngine(string? fault)
    {
        if (Change(ref _engine, fault))
        {
            DeploymentLog.EngineStateChanged(log, fault ?? Ok);
        }
    }

    /// <summary>Notes how the store answers; null for well.</summary>
    public void SetStore(string? fault)
    {
        if (Change(ref _store, fault))
        {
            DeploymentLog.StoreStateChanged(log, fault ?? Ok);
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

    private static bool Change(ref string state, string? fault)
    {
        var next = fault ?? Ok;
        return Interlocked.Exchange(ref state, next) != next;
    }
}
