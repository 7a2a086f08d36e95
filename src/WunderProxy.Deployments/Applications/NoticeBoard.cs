using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>What an operator should know now: the circuits of engine and store, and warnings, each logged once per change.</summary>
internal sealed class NoticeBoard(ILogger log, TimeProvider clock)
{
    private const string ReadOnlyTopic = "read-only";
    private const string ContentTopic = "content";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (string Message, string Public)> _warnings = new(StringComparer.Ordinal);

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
                return [.. _warnings.Values.Select(warning => warning.Message)];
            }
        }
    }

    /// <summary>The warnings in our own words alone, for callers that may change nothing.</summary>
    public IReadOnlyList<string> PublicWarnings
    {
        get
        {
            lock (_lock)
            {
                return [.. _warnings.Values.Select(warning => warning.Public)];
            }
        }
    }

    /// <summary>Whether the store was found to be one that may only be read.</summary>
    public bool IsReadOnly
    {
        get
        {
            lock (_lock)
            {
                return _warnings.ContainsKey(ReadOnlyTopic);
            }
        }
    }

    /// <summary>
    /// Takes what a call to the store failed with. A store that refuses a write for want of the right, or holds something
    /// that cannot be used, answers all the same: that is a warning.
    /// </summary>
    public void StoreFailed(Exception fault)
    {
        switch (fault as ObjectStoreException ?? fault.InnerException as ObjectStoreException)
        {
            case { IsWriteDenied: true }:
                Warn(ReadOnlyTopic, "the store may only be read: deploys and rollbacks are refused, events stay on this machine");
                break;
            case { IsAboutContent: true }:
                Warn(ContentTopic, fault.Message);
                break;
            default:
                Store.Open(fault.Message);
                break;
        }
    }

    /// <summary>The store let us write.</summary>
    public void StoreWritten() => Warn(ReadOnlyTopic, null);

    /// <summary>What is read at every look can be used.</summary>
    public void StoreContentFine() => Warn(ContentTopic, null);

    /// <summary>Puts up a warning under a topic, or takes it down with null.</summary>
    /// <param name="topic">What it is about; a later warning of the same topic takes its place.</param>
    /// <param name="message">Our own words.</param>
    /// <param name="quoted">What engine, store, a config or the application said; null for nothing.</param>
    public void Warn(string topic, string? message, string? quoted = null)
    {
        var known = message;
        message = quoted is null || message is null ? message : SecretMask.Empty.Apply($"{message}: {quoted}");
        lock (_lock)
        {
            if (message is null)
            {
                _warnings.Remove(topic);
                return;
            }

            var isNew = _warnings.GetValueOrDefault(topic).Message != message;
            _warnings[topic] = (message, known!);
            if (isNew)
            {
                DeploymentLog.Warned(log, message);
            }
        }
    }
}
