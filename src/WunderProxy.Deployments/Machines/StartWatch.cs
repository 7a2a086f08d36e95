namespace WunderProxy.Deployments.Machines;

/// <summary>A launch's wait for the <c>start</c> event of one container; see <see cref="StartEvents"/>.</summary>
internal sealed class StartWatch(string container, Action<StartWatch> leave) : IDisposable
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first event; an event that is repeated changes nothing.</summary>
    public Task Seen => _seen.Task;

    /// <summary>Completes the watch if the event is of its container.</summary>
    public void Note(string startedContainer)
    {
        if (startedContainer == container)
        {
            _seen.TrySetResult();
        }
    }

    /// <summary>Stops listening for the container's <c>start</c> event; <see cref="Seen"/> stays as it is.</summary>
    public void Dispose() => leave(this);
}
