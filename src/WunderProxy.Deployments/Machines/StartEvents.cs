using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>Tells waiting launches of the engine's <c>start</c> events; events of other containers are ignored.</summary>
internal sealed class StartEvents
{
    /// <summary>Guards the list below: launches come and go while the event stream is read.</summary>
    private readonly Lock _lock = new();
    private readonly List<StartWatch> _watches = [];

    /// <summary>
    /// Begins to wait for the next <c>start</c> event of a container. Without an event stream the event never comes,
    /// so the caller also needs another sign.
    /// </summary>
    /// <param name="container">Full id of the container.</param>
    /// <returns>The watch, which ends when it is disposed of.</returns>
    public StartWatch Watch(string container)
    {
        var watch = new StartWatch(container, Remove);
        lock (_lock)
        {
            _watches.Add(watch);
        }

        return watch;
    }

    /// <summary>Passes an event of the stream on to the launches that wait for it.</summary>
    public void Note(EngineEvent happened)
    {
        if (happened.Action != "start")
        {
            return;
        }

        lock (_lock)
        {
            foreach (var watch in _watches)
            {
                watch.Note(happened.ContainerId);
            }
        }
    }

    private void Remove(StartWatch watch)
    {
        lock (_lock)
        {
            _watches.Remove(watch);
        }
    }
}
